// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LocalHost.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <thread>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

class Sink final : public TransferSink
{
public:
    void sent(Bytes done, Bytes total) override
    {
        isFalling = isFalling || done < last;
        last = done;
        whole = total;
    }
    Bytes last{0}, whole{-1};
    bool isFalling = false;
};

CommandResult ran(const Result<CommandResult>& result)
{
    return result ? *result : CommandResult{ExitCode{-1}, "", result.error().message};
}

} // namespace

class TestLocalHost : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_host = thisComputer();
        ::signal(SIGPIPE, SIG_DFL); // as in a program that does nothing about it
    }

    void runsAScriptWithItsArgumentsAndInput()
    {
        static constexpr Script kScript("printf '%s|' \"$@\"; cat; echo problem >&2; exit 3");
        const auto result = ran(m_host->run({kScript, {"a b", "$HOME", ""}, "the input"}, {}));
        QVERIFY(result.end == (std::variant<ExitCode, KilledBy>(ExitCode{3})));
        QCOMPARE(result.out, std::string("a b|$HOME||the input"));
        QCOMPARE(result.err, std::string("problem\n"));
        QVERIFY(!result.succeeded());
    }

    void whoKillsTheScriptIsTold()
    {
        static constexpr Script kScript("kill -s KILL $$");
        QVERIFY(ran(m_host->run({kScript, {}, {}}, {})).end ==
                (std::variant<ExitCode, KilledBy>(KilledBy{"KILL"})));
    }

    void aScriptThatReadsNothingEndsNobody()
    {
        static constexpr Script kScript("exec <&-; echo done");
        const std::string input(8 << 20, 'x');
        const auto result = ran(m_host->run({kScript, {}, input}, {}));
        QCOMPARE(result.out, std::string("done\n"));
        QVERIFY(result.succeeded());
    }

    void brokenPipesEndTheScriptAsEverywhere()
    {
        static constexpr Script kScript("kill -s PIPE $$; echo 'goes on'");
        ::signal(SIGPIPE, SIG_IGN); // as Millrace's programs have it
        const auto result = ran(m_host->run({kScript, {}, {}}, {}));
        QVERIFY(result.end == (std::variant<ExitCode, KilledBy>(KilledBy{"PIPE"})));
        QCOMPARE(result.out, std::string());
    }

    void aScriptThatTakesTooLongIsEnded()
    {
        static constexpr Script kScript("sleep 60");
        Command command{kScript, {}, {}};
        command.limit = Seconds{0.2};
        const auto begun = std::chrono::steady_clock::now();
        const auto result = m_host->run(command, {});
        QVERIFY(result.error().code == ErrorCode::Timeout);
        QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    }

    void aScriptThatIgnoresItIsKilled()
    {
        static constexpr Script kScript("trap '' TERM; sleep 60 & wait; sleep 60");
        Command command{kScript, {}, {}};
        command.limit = Seconds{0.2};
        const auto begun = std::chrono::steady_clock::now();
        QVERIFY(m_host->run(command, {}).error().code == ErrorCode::Timeout);
        QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    }

    void aScriptIsCancelled()
    {
        static constexpr Script kScript("sleep 60");
        std::stop_source stop;
        const std::jthread soon([&stop] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            stop.request_stop();
        });
        QVERIFY(m_host->run({kScript, {}, {}}, stop.get_token()).error().code ==
                ErrorCode::Cancelled);
    }

    void outputHasALimit()
    {
        static constexpr Script kScript("head -c 100000 /dev/zero");
        Command command{kScript, {}, {}};
        command.outputLimit = Bytes{1000};
        QVERIFY(m_host->run(command, {}).error().code == ErrorCode::ResourceExhausted);
    }

    void argumentsHaveNoLineBreak()
    {
        static constexpr Script kScript("true");
        QVERIFY(m_host->run({kScript, {"a\nb"}, {}}, {}).error().code ==
                ErrorCode::InvalidArgument);
    }

    void uploadsOnce()
    {
        Upload upload;
        upload.content = std::string_view("a stage");
        upload.folder = folder() + "/new/inner";
        upload.name = "stage.onnx";
        Sink sink;
        QVERIFY(m_host->upload(upload, sink, {}) == Result<UploadEnd>(UploadEnd::Sent));
        QVERIFY(sink.last == Bytes{7} && sink.whole == Bytes{7} && !sink.isFalling);
        std::ifstream file(upload.folder + "/stage.onnx");
        std::string content;
        std::getline(file, content);
        QCOMPARE(content, std::string("a stage"));
        QCOMPARE(modeOf(upload.folder + "/stage.onnx"), mode_t{0600});
        QCOMPARE(modeOf(upload.folder), mode_t{0700});
        QVERIFY(m_host->upload(upload, sink, {}) == Result<UploadEnd>(UploadEnd::AlreadyThere));
    }

    void anotherContentReplacesTheFile()
    {
        Upload upload;
        upload.folder = folder();
        upload.name = "program";
        upload.mode = FileMode::Executable;
        NoTransferSink sink;
        for (const char* content : {"one", "two"}) {
            upload.content = std::string_view(content);
            QVERIFY(m_host->upload(upload, sink, {}) == Result<UploadEnd>(UploadEnd::Sent));
        }
        QCOMPARE(modeOf(folder() + "/program"), mode_t{0700});
    }

    void whatIsNoSuchContentLeavesNothing()
    {
        Upload upload;
        upload.content = std::string_view("a stage");
        upload.sha256 = std::string(64, '0');
        upload.folder = folder();
        upload.name = "stage";
        NoTransferSink sink;
        const auto sent = m_host->upload(upload, sink, {});
        QVERIFY(!sent);
        QVERIFY(std::filesystem::is_empty(folder()));
    }

    void aFileInThePlaceOfTheFolderIsAnError()
    {
        std::ofstream(folder() + "/taken") << "x";
        Upload upload;
        upload.content = std::string_view("a stage");
        upload.folder = folder() + "/taken";
        upload.name = "stage";
        NoTransferSink sink;
        QVERIFY(m_host->upload(upload, sink, {}).error().code == ErrorCode::Io);
    }

private:
    [[nodiscard]] std::string folder() const { return m_folder->path().toStdString(); }
    static mode_t modeOf(const std::string& path)
    {
        struct stat entry {
        };
        return ::stat(path.c_str(), &entry) == 0 ? entry.st_mode & 0777 : 0;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RemoteHost> m_host;
};

QTEST_GUILESS_MAIN(TestLocalHost)
#include "tst_local_host.moc"
