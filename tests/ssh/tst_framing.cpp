// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Framing.h"
#include "ssh/Transfer.h"
#include "support/ShowString.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

constexpr Script kEcho("printf '[%s]' \"$@\"; cat");

/// What a login shell that is asked for kCommandLine makes of this on its stdin.
std::string answered(const std::string& input)
{
    QProcess shell;
    shell.start(QStringLiteral("/bin/sh"),
                {QStringLiteral("-c"), QString::fromLatin1(kCommandLine)});
    shell.write(QByteArray::fromStdString(input));
    shell.closeWriteChannel();
    shell.waitForFinished();
    return shell.readAllStandardOutput().toStdString();
}

} // namespace

class TestFraming : public QObject
{
    Q_OBJECT
private slots:
    void aShellReadsWhatIsFramed()
    {
        const auto head = framed(kEcho, {"a b", "$(id)", "'", ""});
        QVERIFY(head);
        std::string said = "noise of a login shell\n" + answered(*head + "the input");
        QVERIFY(cutNoise(said));
        QCOMPARE(said, std::string("[a b][$(id)]['][]the input"));
    }

    void withoutItsMarkAllIsNoise()
    {
        std::string said = "Last login: today\n@millrace begins@";
        QVERIFY(!cutNoise(said));
        said += "\nresult";
        QVERIFY(cutNoise(said));
        QCOMPARE(said, std::string("result"));
    }

    void noLineBreaksInArguments()
    {
        QVERIFY(framed(kEcho, {"a\nb"}).error().code == ErrorCode::InvalidArgument);
        QVERIFY(framed(kEcho, {std::string("a\0b", 3)}).error().code == ErrorCode::InvalidArgument);
    }

    void memoryIsSentWhole()
    {
        Upload upload;
        upload.content = std::string_view("abc");
        auto content = Content::open(upload);
        QVERIFY(content);
        QCOMPARE(content->size(), std::int64_t{3});
        QVERIFY(content->sha256().starts_with("ba7816bf"));
        QVERIFY(content->next().value() == "abc");
        QVERIFY(content->next().value().empty());
    }

    void filesAreSentInBlocks()
    {
        const QTemporaryDir folder;
        const auto file = folder.path().toStdString() + "/file";
        const std::string whole(3'000'001, 'x');
        std::ofstream(file) << whole;
        Upload upload;
        upload.content = std::filesystem::path(file);
        auto content = Content::open(upload);
        QVERIFY(content);
        std::string read;
        int blocks = 0;
        for (auto block = content->next(); block && !block->empty(); block = content->next()) {
            read += *block;
            ++blocks;
        }
        QVERIFY(read == whole);
        QVERIFY(blocks > 1);
    }

    void aFileThatShrinksIsNoticed()
    {
        const QTemporaryDir folder;
        const auto file = folder.path().toStdString() + "/file";
        std::ofstream(file) << std::string(100, 'x');
        Upload upload;
        upload.content = std::filesystem::path(file);
        auto content = Content::open(upload);
        std::filesystem::resize_file(file, 0);
        QVERIFY(content->next().error().code == ErrorCode::Io);
    }

    void whatIsNoFile()
    {
        Upload upload;
        upload.content = std::filesystem::path("/no/such/file");
        QVERIFY(Content::open(upload).error().code == ErrorCode::NotFound);
        upload.content = std::filesystem::path("/");
        QVERIFY(Content::open(upload).error().code == ErrorCode::NotFound);
    }

    void aKnownHashIsTaken()
    {
        Upload upload;
        upload.content = std::string_view("abc");
        upload.sha256 = "known";
        QCOMPARE(Content::open(upload)->sha256(), std::string("known"));
    }
};

QTEST_GUILESS_MAIN(TestFraming)
#include "tst_framing.moc"
