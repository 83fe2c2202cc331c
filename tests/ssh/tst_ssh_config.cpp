// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Config.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::ssh;

class TestSshConfig : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_home = m_folder->path().toStdString();
        m_files = {m_home,   m_home / ".ssh", m_home / "system_config", "/system/known_hosts",
                   "/agent", "local"};
        std::filesystem::create_directory(m_files.folder);
    }

    void withoutFiles()
    {
        const auto config = resolve({"Pi-1", {}, {}, {}}, m_files);
        QVERIFY(config);
        QCOMPARE(config->hostName, std::string("Pi-1"));
        QCOMPARE(config->user, std::string("local"));
        QCOMPARE(config->port, std::uint16_t{22});
        QCOMPARE(config->agentSocket, std::string("/agent"));
        QVERIFY(config->identityFiles.front() == m_files.folder / "id_ed25519");
        QVERIFY(config->userKnownHosts.front() == m_files.folder / "known_hosts");
        QVERIFY(config->globalKnownHosts ==
                std::vector<std::filesystem::path>{"/system/known_hosts"});
        QVERIFY(config->unknownKeys == UnknownKeys::Ask && config->jumps.empty());
    }

    void theFirstValueWins()
    {
        write(".ssh/config", "Host pi-*\n  HostName %h.lan\n  User = ada\n  IdentityFile ~/a\n"
                             "Host pi-1\n  User other\n  Port 2222\n  IdentityFile \"%d/b c\"\n"
                             "Host !pi-1 *\n  Port 3\n");
        write("system_config", "Port 4\nHashKnownHosts yes\nUserKnownHostsFile ~/k1 /k2 # both\n");
        const auto config = resolve({"pi-1", {}, {}, {}}, m_files);
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->hostName, std::string("pi-1.lan"));
        QCOMPARE(config->user, std::string("ada"));
        QCOMPARE(config->port, std::uint16_t{2222});
        QVERIFY(config->identityFiles ==
                (std::vector<std::filesystem::path>{m_home / "a", m_home / "b c"}));
        QVERIFY(config->userKnownHosts ==
                (std::vector<std::filesystem::path>{m_home / "k1", "/k2"}));
        QVERIFY(config->hashKnownHosts);
        // The cluster file goes before all of them.
        const auto told = resolve({"pi-1", "eve", std::uint16_t{5}, "/key"}, m_files);
        QCOMPARE(told->user, std::string("eve"));
        QCOMPARE(told->port, std::uint16_t{5});
        QVERIFY(told->identityFiles.front() == "/key");
    }

    void matchAndInclude()
    {
        std::filesystem::create_directory(m_files.folder / "more");
        write(".ssh/config", "Include more/*.conf none\nMatch host real.lan user ada\n Port 7\n"
                             "Match originalhost x\n Port 8\n"
                             "Match all\n StrictHostKeyChecking accept-new\n");
        write(".ssh/more/1.conf", "Host pi\n HostName real.lan\n User ada\n");
        const auto config = resolve({"pi", {}, {}, {}}, m_files);
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->port, std::uint16_t{7});
        QVERIFY(config->unknownKeys == UnknownKeys::Accept);
        QCOMPARE(resolve({"x", {}, {}, {}}, m_files)->port, std::uint16_t{8});
        write(".ssh/config", "Include config\n");
        QVERIFY(resolve({"x", {}, {}, {}}, m_files).error().code == ErrorCode::ParseError);
    }

    void jumps()
    {
        write(".ssh/config", "ProxyJump ada@a:2200,[fe80::1]:22,ssh://b\n");
        const auto config = resolve({"pi", {}, {}, {}}, m_files);
        QVERIFY(config && config->jumps.size() == 3);
        QCOMPARE(config->jumps[0].host, std::string("a"));
        QCOMPARE(*config->jumps[0].user, std::string("ada"));
        QCOMPARE(*config->jumps[0].port, std::uint16_t{2200});
        QCOMPARE(config->jumps[1].host, std::string("fe80::1"));
        QCOMPARE(config->jumps[2].host, std::string("b"));
        for (const char* bad : {"", "a:x", "@a", "a:99999", ":22"})
            QVERIFY2(!parseJump(bad), bad);
    }

    void agents()
    {
        write(".ssh/config", "Host a\n IdentitiesOnly yes\nHost b\n IdentityAgent none\n"
                             "Host c\n IdentityAgent ~/sock\n");
        QCOMPARE(resolve({"a", {}, {}, {}}, m_files)->agentSocket, std::string());
        QCOMPARE(resolve({"b", {}, {}, {}}, m_files)->agentSocket, std::string());
        QCOMPARE(resolve({"c", {}, {}, {}}, m_files)->agentSocket, (m_home / "sock").string());
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* text, const char* message) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(message);
        };
        row("HostKeyAlias x", "HostKeyAlias cannot be honoured");
        row("ProxyCommand nc %h %p", "ProxyCommand cannot be honoured");
        row("CertificateFile c", "CertificateFile cannot be honoured");
        row("VerifyHostKeyDNS yes", "VerifyHostKeyDNS cannot be honoured");
        row("RevokedHostKeys f", "RevokedHostKeys cannot be honoured");
        row("KnownHostsCommand c", "KnownHostsCommand cannot be honoured");
        row("Match exec true", "Match exec cannot be honoured");
        row("Prot 22", "unknown keyword \"prot\"");
        row("Port 0", "Port is 1 to 65535, not \"0\"");
        row("Port x", "Port is 1 to 65535, not \"x\"");
        row("Port", "port needs a value");
        row("User \"ada", "a quote is not closed");
        row("StrictHostKeyChecking maybe", "StrictHostKeyChecking is yes, accept-new, ask or no");
        row("HashKnownHosts maybe", "hashknownhosts is yes or no");
        row("IdentityFile ~eve/key", "the path \"~eve/key\" cannot be honoured");
        row("IdentityFile %C", "%C in a path cannot be honoured");
        row("ProxyJump a:b", "ProxyJump: \"a:b\" is not [user@]host[:port]");
    }
    void errors()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        write(".ssh/config", "# comment\n" + text.toStdString() + "\n");
        const auto config = resolve({"pi", {}, {}, {}}, m_files);
        QVERIFY(!config);
        const std::string place = (m_files.folder / "config").string() + ":2: ";
        QVERIFY2(config.error().message.starts_with(place + message.toStdString()),
                 config.error().message.c_str());
        // Another host's section does no harm.
        write(".ssh/config", "Host other\n" + text.toStdString() + "\n");
        if (text != "Port" && text != "User \"ada" && !text.startsWith("Match"))
            QVERIFY(resolve({"pi", {}, {}, {}}, m_files));
    }

    void takesWhatDoesNoHarm()
    {
        write(".ssh/config", "ProxyCommand none\nForwardAgent yes\nSendEnv LANG LC_*\n"
                             "GSSAPIAuthentication yes\nIgnoreUnknown New*\nNewThing 1\n"
                             "CanonicalizeHostname no\n");
        const auto config = resolve({"pi", {}, {}, {}}, m_files);
        QVERIFY2(config, config ? "" : config.error().message.c_str());
    }

    void hostNames()
    {
        for (const char* bad : {"", "-oProxyCommand=x", "a b", "a\nb", "a,b", "a/b", "u@h"})
            QVERIFY2(resolve({bad, {}, {}, {}}, m_files).error().code == ErrorCode::InvalidArgument,
                     bad);
    }

private:
    void write(const std::string& name, const std::string& text)
    {
        std::ofstream(m_home / name) << text;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_home;
    UserFiles m_files;
};

QTEST_APPLESS_MAIN(TestSshConfig)
#include "tst_ssh_config.moc"
