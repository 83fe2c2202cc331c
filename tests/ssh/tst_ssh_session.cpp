// SPDX-License-Identifier: GPL-3.0-or-later
/// Against real OpenSSH servers in network namespaces.
#include "base/File.h"
#include "base/Hash.h"
#include "ssh/Session.h"
#include "support/ShowString.h"
#include "support/TestHosts.h"

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

/// Answers from a list and counts the questions.
class Answers final : public Credentials
{
public:
    std::optional<Secret> passphrase(const std::filesystem::path&, int) override
    {
        ++asked;
        return phrase.empty() ? std::optional<Secret>() : Secret(phrase);
    }
    std::optional<Secret> password(const std::string&, int) override
    {
        ++asked;
        return word.empty() ? std::optional<Secret>() : Secret(word);
    }
    std::string phrase;
    std::string word;
    int asked = 0;
};

class Decision final : public HostKeyDecision
{
public:
    HostKeyAnswer unknownHostKey(const UnknownHostKey& key) override
    {
        questions.push_back(key);
        return answer;
    }
    HostKeyAnswer answer = HostKeyAnswer::AcceptAndRemember;
    std::vector<UnknownHostKey> questions;
};

class Bar final : public TransferSink
{
public:
    void sent(Bytes done, Bytes all) override
    {
        ++calls;
        rises = rises && done >= last;
        last = done;
        total = all;
        if (done >= stopAt)
            source.request_stop();
    }
    int calls = 0;
    bool rises = true;
    Bytes last, total;
    Bytes stopAt{std::int64_t{1} << 60};
    std::stop_source source;
};

template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

class TestSshSession : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (const std::string missing = test::TestHosts::missing(); !missing.empty())
            QSKIP(("no SSH hosts: " + missing).c_str());
        m_hosts = std::make_unique<test::TestHosts>(std::vector<test::TestHostOptions>{
            {"one", {}, "", ""},
            {"two", {}, "", ""},
            {"slow", BitsPerSecond{2e7}, "", ""},
            {"hidden", {}, "one", ""},
            {"noshell", {}, "", "ForceCommand internal-sftp\n"},
        });
        m_files.home = m_hosts->folder() / "client";
        m_files.folder = m_files.home / ".ssh";
        m_files.user = "ada";
    }
    void init()
    {
        if (!m_hosts)
            QSKIP("no SSH hosts");
        std::filesystem::remove_all(m_files.folder);
        std::filesystem::create_directories(m_files.folder);
        m_files.agentSocket.clear();
        m_answers = {};
        m_decision = {};
        config("Host *\n");
        // The servers need a moment.
        QTRY_VERIFY_WITH_TIMEOUT(reach("one").has_value(), 10000);
        m_answers = {};
        m_decision = {};
        std::filesystem::remove(m_files.folder / "known_hosts");
    }

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

    void unknownHostKeys()
    {
        m_decision.answer = HostKeyAnswer::Refuse;
        const auto refused = reach("one");
        QVERIFY(refused.error().code == ErrorCode::HostKeyMismatch);
        QCOMPARE(m_decision.questions.size(), std::size_t{1});
        const std::string shown = m_decision.questions[0].fingerprint;
        const std::string expected =
            test::runProgram({"ssh-keygen", "-lf", m_hosts->host("one").hostKeyPub.string()});
        QVERIFY(contains(expected, shown + " "));
        QVERIFY(contains(refused.error().message, shown));
        QVERIFY(!std::filesystem::exists(m_files.folder / "known_hosts"));

        AcceptListed wrong({"SHA256:other"});
        QVERIFY(!reach("one", wrong));
        std::ofstream(m_files.folder / "known_hosts") << "# mine, without a line end";
        AcceptListed right({shown});
        QCOMPARE(errorOf(reach("one", right)), std::string("no error"));
        const auto content = readFile(m_files.folder / "known_hosts").value();
        QVERIFY(content.starts_with("# mine, without a line end\n" + m_hosts->host("one").address +
                                    " ssh-ed25519 "));
        // Known now: no question.
        m_decision.questions.clear();
        QCOMPARE(errorOf(reach("one")), std::string("no error"));
        QVERIFY(m_decision.questions.empty());
        QCOMPARE(readFile(m_files.folder / "known_hosts").value(), content);

        std::filesystem::remove(m_files.folder / "known_hosts");
        config("StrictHostKeyChecking yes\n");
        QVERIFY(reach("one").error().code == ErrorCode::HostKeyMismatch);
        QVERIFY(m_decision.questions.empty());
        config("StrictHostKeyChecking accept-new\nHashKnownHosts yes\n");
        QCOMPARE(errorOf(reach("one")), std::string("no error"));
        QVERIFY(m_decision.questions.empty());
        QVERIFY(readFile(m_files.folder / "known_hosts")->starts_with("|1|"));
        QCOMPARE(errorOf(reach("one")), std::string("no error"));
    }

    void changedHostKeyIsRefused()
    {
        const auto other = readFile(m_hosts->host("two").hostKeyPub).value();
        std::ofstream(m_files.folder / "known_hosts")
            << "# a comment\n"
            << m_hosts->host("one").address << " " << other;
        const auto refused = reach("one");
        QVERIFY(refused.error().code == ErrorCode::HostKeyMismatch);
        QVERIFY(contains(refused.error().message,
                         (m_files.folder / "known_hosts").string() + ":2 has SHA256:"));
        QVERIFY(m_decision.questions.empty());
    }

    void wrongKeyAndPassword()
    {
        const auto file = makeKey("id_bad", "");
        m_identity = file;
        auto refused = reach("one");
        QVERIFY(refused.error().code == ErrorCode::AuthFailed);
        QVERIFY(contains(refused.error().message, file.string() + " (not accepted)"));
        m_answers.word = "not it";
        refused = reach("one");
        QVERIFY(refused.error().code == ErrorCode::AuthFailed);
        QVERIFY(contains(refused.error().message, "password (wrong)"));
        QVERIFY(!contains(refused.error().message, "not it"));
        m_answers.word = "loveLACE-1";
        QCOMPARE(errorOf(reach("one")), std::string("no error"));
        ::chmod(file.c_str(), 0644);
        m_answers.word.clear();
        QVERIFY(contains(reach("one").error().message, "others can read it"));
    }

    void passphrase()
    {
        const auto file = makeKey("id_phrase", "open sesame");
        allow("one", file);
        m_identity = file;
        QVERIFY(contains(reach("one").error().message, "needs its passphrase"));
        m_answers.phrase = "wrong";
        QVERIFY(contains(reach("one").error().message, "wrong passphrase"));
        m_answers.phrase = "open sesame";
        m_answers.asked = 0;
        QCOMPARE(errorOf(reach("one")), std::string("no error"));
        QCOMPARE(m_answers.asked, 1);
    }

    void agent()
    {
        const auto socket = m_hosts->folder() / "agent";
        const std::string said = test::runProgram({"ssh-agent", "-a", socket.string(), "-s"});
        const std::size_t at = said.find("SSH_AGENT_PID=") + 14;
        const ::pid_t pid = std::stoi(said.substr(at));
        test::runProgram(
            {"env", "SSH_AUTH_SOCK=" + socket.string(), "ssh-add", "-q", m_hosts->key().string()});
        m_files.agentSocket = socket.string();
        m_identity = m_files.home / "none";
        const auto reached = reach("one");
        config("IdentitiesOnly yes\n");
        m_identity = m_files.home / "none";
        const auto only = reach("one");
        ::kill(pid, SIGSTOP); // an agent that hangs must not hang us
        config("Host *\n");
        m_identity = m_files.home / "none";
        const auto start = std::chrono::steady_clock::now();
        const auto hung = reach("one", m_decision, {{5}, {5}, {1}});
        const double took = secondsSince(start);
        ::kill(pid, SIGKILL);
        QCOMPARE(errorOf(reached), std::string("no error"));
        QVERIFY(only.error().code == ErrorCode::AuthFailed);
        QVERIFY(hung.error().code == ErrorCode::Timeout);
        QVERIFY(took < 4);
    }

    void jumps()
    {
        const std::string hidden = m_hosts->host("hidden").address;
        QVERIFY(!reach("hidden", m_decision, {{1}, {5}, {5}})); // no way from here
        config("Host gate\n HostName " + m_hosts->host("one").address + "\nHost far\n HostName " +
               hidden + "\n ProxyJump gate\nHost *\n IdentityFile " + m_hosts->key().string() +
               "\n");
        m_decision.questions.clear();
        auto host = dial("far");
        QCOMPARE(errorOf(host), std::string("no error"));
        QCOMPARE(m_decision.questions.size(), std::size_t{2}); // each hop's key
        QCOMPARE(m_decision.questions[0].host, m_hosts->host("one").address);
        QCOMPARE(m_decision.questions[1].host, hidden);
        const std::string much(2'000'000, 'j');
        QVERIFY((*host)->run({Script("cat"), {}, much}, {})->out == much);
        QVERIFY((*host)->run({Script("hostname -I 2>/dev/null || true"), {}, {}}, {}));
        host = Result<std::unique_ptr<RemoteHost>>();

        // A changed key of the jump host refuses the whole way; so does one of the last host.
        const auto other = readFile(m_hosts->host("two").hostKeyPub).value();
        for (const std::string& name : {m_hosts->host("one").address, hidden}) {
            std::ofstream(m_files.folder / "known_hosts") << name << " " << other;
            const auto refused = dial("far");
            QVERIFY(refused.error().code == ErrorCode::HostKeyMismatch);
            QVERIFY(contains(refused.error().message, "known_hosts:1"));
        }
    }

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

private:
    using Reached = Result<std::unique_ptr<RemoteHost>>;
    Reached reach(const std::string& name) { return reach(name, m_decision); }
    Reached reach(const std::string& name, HostKeyDecision& decision,
                  const ConnectLimits& limits = {})
    {
        Target target;
        target.host = m_hosts->host(name).address;
        target.identityFile = m_identity.value_or(m_hosts->key());
        return ssh::connect(target, m_files, m_answers, decision, limits, {});
    }
    Reached dial(const std::string& alias)
    {
        Target target;
        target.host = alias;
        return ssh::connect(target, m_files, m_answers, m_decision, {}, {});
    }
    void config(const std::string& text)
    {
        std::ofstream(m_files.folder / "config") << text;
        m_identity.reset();
    }
    std::filesystem::path makeKey(const std::string& name, const std::string& phrase)
    {
        const auto file = m_files.home / name;
        std::filesystem::remove(file);
        test::runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", file.string()});
        return file;
    }
    void allow(const std::string& host, const std::filesystem::path& key)
    {
        std::ofstream(m_hosts->host(host).home / ".ssh" / "authorized_keys", std::ios::app)
            << readFile(key.string() + ".pub").value();
    }
    std::pair<std::filesystem::path, std::string> makeFile(std::size_t size)
    {
        std::string content(size, '\0');
        unsigned state = 12345;
        for (char& c : content)
            c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
        const auto file = m_files.home / "content";
        std::ofstream(file, std::ios::binary) << content;
        return {file, content};
    }
    /// ada's folder on a disk of 1 MiB.
    [[nodiscard]] std::string small(const std::string& host) const
    {
        return (m_hosts->host(host).home.parent_path() / "small").string();
    }
    static int modeOf(const std::filesystem::path& path)
    {
        return static_cast<int>(std::filesystem::status(path).permissions());
    }
    static std::size_t entries(const std::filesystem::path& folder)
    {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& e : std::filesystem::directory_iterator(folder))
            ++count;
        return count;
    }

    std::unique_ptr<test::TestHosts> m_hosts;
    UserFiles m_files;
    Answers m_answers;
    Decision m_decision;
    std::optional<std::filesystem::path> m_identity;
};

QTEST_APPLESS_MAIN(TestSshSession)
#include "tst_ssh_session.moc"
