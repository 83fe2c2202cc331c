// SPDX-License-Identifier: GPL-3.0-or-later
/// Uploads to real OpenSSH servers in network namespaces.
#include "SessionTest.h"
#include "base/File.h"

#include <signal.h>

#include <thread>

using namespace millrace;
using namespace millrace::ssh;
using namespace millrace::test;

class TestSshUpload : public SessionTest
{
    Q_OBJECT
public:
    TestSshUpload()
        : SessionTest({{"one", {}, "", ""},
                       {"slow", BitsPerSecond{2e7}, "", ""},
                       {"noshell", {}, "", "ForceCommand internal-sftp\n"}})
    {
    }
private slots:
    void uploads()
    {
        auto host = reach("one");
        const auto [file, content] = makeFile(5'000'000);
        Bar bar;
        const Upload upload{file, "models/deep", "stage 1.onnx"};
        auto end = (*host)->upload(upload, bar, {});
        QCOMPARE(errorOf(end), std::string("no error"));
        QVERIFY(*end == UploadEnd::Sent);
        QVERIFY(bar.rises && bar.calls > 3);
        QVERIFY(bar.last == Bytes{5'000'000} && bar.total == bar.last);
        const auto folder = m_hosts->host("one").home / "models" / "deep";
        QVERIFY(readFile(folder / "stage 1.onnx").value() == content);
        QCOMPARE(modeOf(folder), 0700);
        QCOMPARE(modeOf(folder / "stage 1.onnx"), 0600);
        QCOMPARE(entries(folder), std::size_t{1});
        Bar again;
        end = (*host)->upload(upload, again, {});
        QVERIFY(end && *end == UploadEnd::AlreadyThere && again.calls == 0);
        // Bytes, with another mode, over the older file.
        end = (*host)->upload(
            {std::string_view("new"), "models/deep", "stage 1.onnx", FileMode::Executable}, bar,
            {});
        QVERIFY(end && *end == UploadEnd::Sent);
        QCOMPARE(readFile(folder / "stage 1.onnx").value(), std::string("new"));
        QCOMPARE(modeOf(folder / "stage 1.onnx"), 0700);
        // A hash that the content does not have: refused there, the old file stays.
        Upload wrong{file, "models/deep", "stage 1.onnx"};
        wrong.sha256 = std::string(64, '0');
        const auto damaged = (*host)->upload(wrong, bar, {});
        QVERIFY(damaged.error().code == ErrorCode::Io);
        QVERIFY(contains(damaged.error().message, "damaged"));
        QCOMPARE(readFile(folder / "stage 1.onnx").value(), std::string("new"));
        QTRY_COMPARE(entries(folder), std::size_t{1});
        for (const char* name : {"", ".", "..", "a/b", "a\nb"})
            QVERIFY((*host)->upload({file, "models", name}, bar, {}).error().code ==
                    ErrorCode::InvalidArgument);
    }

    void uploadCancelled()
    {
        auto host = reach("slow");
        const auto [file, content] = makeFile(20'000'000); // 8 s at 20 Mbit/s
        Bar bar;
        bar.stopAt = Bytes{3'000'000};
        const auto start = std::chrono::steady_clock::now();
        const auto end = (*host)->upload({file, "models", "f"}, bar, bar.source.get_token());
        QVERIFY(end.error().code == ErrorCode::Cancelled);
        QVERIFY(secondsSince(start) < 4);
        host = Result<std::unique_ptr<RemoteHost>>();
        QTRY_COMPARE_WITH_TIMEOUT(entries(m_hosts->host("slow").home / "models"), std::size_t{0},
                                  10000);
    }

    void uploadNowhereToWrite()
    {
        auto host = reach("one");
        const auto [file, content] = makeFile(3'000'000);
        Bar bar;
        const auto full = (*host)->upload({file, small("one"), "f"}, bar, {});
        QVERIFY(full.error().code == ErrorCode::ResourceExhausted);
        QVERIFY(contains(full.error().message, "No space left"));
        QTRY_COMPARE((*host)->run({Script("ls -A \"$1\" | wc -l"), {small("one")}, {}}, {})->out,
                     std::string("0\n"));
        const auto readOnly = (*host)->upload({file, "/etc/millrace", "f"}, bar, {});
        QVERIFY(readOnly.error().code == ErrorCode::Io);
        QVERIFY(contains(readOnly.error().message, "cannot make the folder /etc/millrace"));
        QVERIFY((*host)->run({Script("true"), {}, {}}, {})); // the connection has survived
    }

    void uploadWithoutAShell()
    {
        auto host = reach("noshell");
        QCOMPARE(errorOf(host), std::string("no error"));
        Command command{Script("true"), {}, {}};
        command.limit = Seconds{2};
        const auto ran = (*host)->run(command, {});
        QVERIFY(!ran);
        const auto [file, content] = makeFile(2'000'000);
        Bar bar;
        Upload upload{file, "models/new", "f"};
        upload.stall = Seconds{3};
        auto end = (*host)->upload(upload, bar, {});
        QCOMPARE(errorOf(end), std::string("no error"));
        const auto folder = m_hosts->host("noshell").home / "models" / "new";
        QVERIFY(readFile(folder / "f").value() == content);
        QCOMPARE(modeOf(folder / "f"), 0600);
        QCOMPARE(entries(folder), std::size_t{1});
        QVERIFY(bar.rises && bar.last == bar.total);
        end = (*host)->upload(upload, bar, {});
        QVERIFY(end && *end == UploadEnd::AlreadyThere);
    }

    void hostThatStopsInTheMiddleOfAnUpload()
    {
        auto host = reach("slow");
        const auto [file, content] = makeFile(20'000'000);
        Bar bar;
        Upload upload{file, "models", "f"};
        upload.stall = Seconds{1.5};
        const auto& slow = m_hosts->host("slow");
        const std::jthread stopper([&slow] {
            std::this_thread::sleep_for(std::chrono::milliseconds(1000));
            slow.signalAll(SIGSTOP);
        });
        const auto start = std::chrono::steady_clock::now();
        const auto sent = (*host)->upload(upload, bar, {});
        const double took = secondsSince(start);
        slow.signalAll(SIGCONT);
        QVERIFY(sent.error().code == ErrorCode::Timeout);
        QVERIFY(bar.last.value > 0 && bar.last < bar.total);
        QVERIFY(took < 8);
    }

private:
    /// ada's folder on a disk of 1 MiB.
    [[nodiscard]] std::string small(const std::string& host) const
    {
        return (m_hosts->host(host).home.parent_path() / "small").string();
    }
};

QTEST_APPLESS_MAIN(TestSshUpload)
#include "tst_ssh_upload.moc"
