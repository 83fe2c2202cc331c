// SPDX-License-Identifier: GPL-3.0-or-later
/// Commands on real OpenSSH servers in network namespaces, and hosts that do not answer.
#include "SessionTest.h"
#include "base/File.h"

#include <signal.h>

#include <fstream>
#include <thread>

using namespace millrace;
using namespace millrace::ssh;
using namespace millrace::test;

class TestSshSession : public SessionTest
{
    Q_OBJECT
public:
    TestSshSession() : SessionTest({{"one", {}, "", ""}, {"two", {}, "", ""}}) {}
private slots:
    void connectsWithAKeyAndRunsCommands()
    {
        auto host = reach("one");
        QCOMPARE(errorOf(host), std::string("no error"));
        const std::vector<std::string> arguments = {"a b", "", "$(touch /tmp/x) `id` '\" \\ ;",
                                                    "ä"};
        const auto result = (*host)->run(
            {Script("for a; do printf '<%s>' \"$a\"; done; cat; echo problem >&2; exit 7"),
             arguments, "the input\n"},
            {});
        QCOMPARE(errorOf(result), std::string("no error"));
        QCOMPARE(result->out, std::string("<a b><><$(touch /tmp/x) `id` '\" \\ ;><ä>the input\n"));
        QCOMPARE(result->err, std::string("problem\n"));
        QVERIFY(std::get<ExitCode>(result->end) == ExitCode{7});
        const auto killed = (*host)->run({Script("kill -KILL $$"), {}, {}}, {});
        QVERIFY(std::get<KilledBy>(killed->end) == KilledBy{"KILL"});
        QVERIFY((*host)->run({Script("[ \"$(id -un)\" = ada ]"), {}, {}}, {})->succeeded());
        const auto line = (*host)->run({Script("true"), {"a\nb"}, {}}, {});
        QVERIFY(line.error().code == ErrorCode::InvalidArgument);
    }

    void movesMuchBothWays()
    {
        auto host = reach("one");
        const std::string much(3'000'000, 'm');
        Command command{Script("cat"), {}, much};
        const auto result = (*host)->run(command, {});
        QCOMPARE(errorOf(result), std::string("no error"));
        QVERIFY(result->out == much);
        command.outputLimit = Bytes{1000};
        QVERIFY((*host)->run(command, {}).error().code == ErrorCode::ResourceExhausted);
    }

    /// What the login shell says and does not say must not be taken for the script's output.
    void ignoresANoisyShell()
    {
        const auto rc = m_hosts->host("two").home / ".bashrc";
        std::ofstream(rc) << "echo welcome; echo oops >&2\n";
        auto host = reach("two");
        const auto result = (*host)->run({Script("echo mine"), {}, {}}, {});
        std::filesystem::remove(rc);
        QCOMPARE(result->out, std::string("mine\n"));
        QCOMPARE(result->err, std::string(""));
    }

    void limitsAndStopsCommands()
    {
        auto host = reach("one");
        const auto start = std::chrono::steady_clock::now();
        Command command{Script("sleep 1000"), {}, {}};
        command.limit = Seconds{0.5};
        const auto late = (*host)->run(command, {});
        QVERIFY(late.error().code == ErrorCode::Timeout);
        QVERIFY(contains(late.error().message, "limit 500 ms"));
        std::stop_source source;
        const std::jthread stopper([&source] {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            source.request_stop();
        });
        command.limit = Seconds{60};
        const auto stopped = (*host)->run(command, source.get_token());
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
        QVERIFY(secondsSince(start) < 5);
        // The connection goes on, and nothing of the scripts is left.
        QTRY_COMPARE((*host)->run({Script("ps ax | grep -c '[s]leep 1000'"), {}, {}}, {})->out,
                     std::string("0\n"));
    }

    void hostThatStopsAnswering()
    {
        auto host = reach("two");
        const auto [file, content] = makeFile(30'000'000);
        const auto& two = m_hosts->host("two");
        two.signalAll(SIGSTOP);
        auto start = std::chrono::steady_clock::now();
        Command command{Script("true"), {}, {}};
        command.limit = Seconds{1};
        const auto ran = (*host)->run(command, {});
        Bar bar;
        Upload upload{file, "models", "f"};
        upload.stall = Seconds{1};
        const auto sent = (*host)->upload(upload, bar, {});
        const auto connected = reach("two", m_decision, {{1}, {1}, {1}});
        const double took = secondsSince(start);
        two.signalAll(SIGCONT);
        QVERIFY(ran.error().code == ErrorCode::Timeout);
        QVERIFY(sent.error().code == ErrorCode::Timeout);
        QVERIFY(connected.error().code == ErrorCode::Timeout);
        QVERIFY(took < 6);
    }

    void nobodyThere()
    {
        Target target;
        target.host = "10.97.0.99";
        const auto start = std::chrono::steady_clock::now();
        const auto nobody =
            ssh::connect(target, m_files, m_answers, m_decision, {{1}, {1}, {1}}, {});
        QVERIFY(nobody.error().code == ErrorCode::Timeout ||
                nobody.error().code == ErrorCode::Network);
        QVERIFY(secondsSince(start) < 5);
        target.host = "10.97.0.1";
        const auto closed =
            ssh::connect(target, m_files, m_answers, m_decision, {{1}, {1}, {1}}, {});
        QVERIFY(closed.error().code == ErrorCode::Network);
        QVERIFY(contains(closed.error().message, "Connection refused"));
    }

    /// Neither arguments nor input nor passwords are in any process list.
    void secretsAreInNoProcessList()
    {
        m_identity = m_files.home / "none";
        m_answers.word = "loveLACE-1";
        auto host = reach("one");
        QCOMPARE(errorOf(host), std::string("no error"));
        std::string seen;
        {
            const std::jthread watcher([&seen](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    std::error_code error;
                    for (const auto& entry : std::filesystem::directory_iterator("/proc", error))
                        if (std::atoi(entry.path().filename().c_str()) > 0)
                            for (const char* what : {"cmdline", "environ"})
                                seen += readFile(entry.path() / what).value_or("");
                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
                }
            });
            QVERIFY((*host)->run(
                {Script("read -r a; sleep 1"), {"secret-argument"}, "secret-input\n"}, {}));
            NoTransferSink sink;
            QVERIFY((*host)->upload({std::string_view("secret-content"), "keys", "k"}, sink, {}));
        }
        QVERIFY(contains(seen, "sleep")); // the scripts were seen at work
        for (const char* secret :
             {"secret-argument", "secret-input", "secret-content", "loveLACE-1"})
            QVERIFY2(!contains(seen, secret), secret);
        QCOMPARE(modeOf(m_hosts->host("one").home / "keys" / "k"), 0600);
    }
};

QTEST_APPLESS_MAIN(TestSshSession)
#include "tst_ssh_session.moc"
