// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ConfigLines.h"
#include "ssh/Keywords.h"
#include "ssh/ParseNumber.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

using Words = std::vector<std::string>;

} // namespace

class TestConfigLines : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void splitsLines_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("keyword");
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::newRow("plain") << "  HostName pi-1 "
                               << "hostname" << QByteArrayList{"pi-1"};
        QTest::newRow("equals") << "Port=22"
                                << "port" << QByteArrayList{"22"};
        QTest::newRow("equals with blanks") << "Port = 22"
                                            << "port" << QByteArrayList{"22"};
        QTest::newRow("quoted") << "IdentityFile \"my keys/id\""
                                << "identityfile" << QByteArrayList{"my keys/id"};
        QTest::newRow("quote at once") << "User\"ada\""
                                       << "user" << QByteArrayList{"ada"};
        QTest::newRow("escaped quote") << "User a\\\"b"
                                       << "user" << QByteArrayList{"a\"b"};
        QTest::newRow("several") << "Host pi-* !pi-9 # ours"
                                 << "host" << QByteArrayList{"pi-*", "!pi-9"};
        QTest::newRow("old name") << "ChallengeResponseAuthentication no"
                                  << "kbdinteractiveauthentication" << QByteArrayList{"no"};
        QTest::newRow("comment") << "# Host x"
                                 << "" << QByteArrayList{};
        QTest::newRow("blank") << " \t\r"
                               << "" << QByteArrayList{};
    }
    void splitsLines()
    {
        QFETCH(QString, line);
        QFETCH(QString, keyword);
        QFETCH(QByteArrayList, arguments);
        const auto split = splitConfigLine(line.toStdString());
        QVERIFY(split);
        QCOMPARE(split->keyword, keyword.toStdString());
        QByteArrayList found;
        for (const std::string& argument : split->arguments)
            found << QByteArray::fromStdString(argument);
        QCOMPARE(found, arguments);
    }

    void brokenLines()
    {
        QCOMPARE(splitConfigLine("User \"ada").error().message,
                 std::string("a quote is not closed"));
        QCOMPARE(splitConfigLine("Port").error().message, std::string("port needs a value"));
    }

    void onlyWhatAppliesIsHandedOver()
    {
        write("config", "User all\n"
                        "Host pi-*\n User pis\n"
                        "Host other\n User others\n"
                        "Match host pi-1.local user ada\n Port 1\n"
                        "Match !originalhost pi-1\n Port 2\n"
                        "Match all\n Port 3\n");
        QVERIFY(walked("config") == (Words{"user=all", "user=pis", "port=1", "port=3"}));
    }

    void includedFilesCountWhereTheyStand()
    {
        write("config", "Host other\nInclude part\nHost pi-1\nInclude part none-*\nPort 9\n");
        write("part", "User part\nHost nobody\nUser nobody\n");
        QVERIFY(walked("config") == (Words{"user=part", "port=9"}));
    }

    void filesThatIncludeEachOtherEnd()
    {
        write("config", "Include config\n");
        QVERIFY(failure("config").find("deep") != std::string::npos);
    }

    void errorsNameTheirPlace()
    {
        write("config", "User a\nPort\n");
        QCOMPARE(failure("config"), path("config") + ":2: port needs a value");
        write("config", "Match exec true\n");
        QVERIFY(failure("config").starts_with(path("config") + ":1: Match exec"));
        write("config", "Match user\n");
        QCOMPARE(failure("config"), path("config") + ":1: Match user needs a pattern");
    }

    void aMissingFileIsEmpty() { QVERIFY(walked("none").empty()); }

    void keywordsHaveTheirDisposition()
    {
        QVERIFY(dispositionOf("proxyjump") == Disposition::Honoured);
        QVERIFY(dispositionOf("proxycommand") == Disposition::Refusable);
        QVERIFY(dispositionOf("forwardagent") == Disposition::Harmless);
        QVERIFY(!dispositionOf("proxyjmp"));
    }

    void whatCannotBeHonouredIsRefusedUnlessOff()
    {
        QVERIFY(refuseWhatCannotBe({"c:1", "proxycommand", {"none"}}));
        QVERIFY(refuseWhatCannotBe({"c:1", "user", {"ada"}}));
        const auto refused = refuseWhatCannotBe({"c:7", "proxycommand", {"nc %h"}});
        QVERIFY(!refused && refused.error().code == ErrorCode::Unsupported);
        QVERIFY(refused.error().message.starts_with("c:7: ProxyCommand"));
        QVERIFY(!refuseWhatCannotBe({"c:1", "hostkeyalias", {"none"}})); // no value is off
    }

    void numbersAreWhole()
    {
        QVERIFY(parseNumber<std::uint16_t>("65535") == std::uint16_t{65535});
        for (const char* text : {"", "65536", "-1", "22 ", "0x16", "2.2"})
            QVERIFY2(!parseNumber<std::uint16_t>(text), text);
    }

private:
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return m_folder->path().toStdString() + "/" + name;
    }
    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream(path(name)) << text;
    }
    Result<void> walk(const std::string& name, const ConfigHandler& handle) const
    {
        const MatchSubject subject{"pi-1", [] { return std::string("pi-1.local"); },
                                   [] { return std::string("ada"); }, "here"};
        return walkConfig(path(name), m_folder->path().toStdString(), "/home/ada", subject, handle);
    }
    [[nodiscard]] Words walked(const std::string& name) const
    {
        Words lines;
        const auto done = walk(name, [&lines](const ConfigLine& line) -> Result<void> {
            lines.push_back(line.keyword + "=" + line.arguments.front());
            return {};
        });
        return done ? lines : Words{done.error().message};
    }
    [[nodiscard]] std::string failure(const std::string& name) const
    {
        const auto done = walk(name, [](const ConfigLine&) -> Result<void> { return {}; });
        return done ? "none" : done.error().message;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestConfigLines)
#include "tst_config_lines.moc"
