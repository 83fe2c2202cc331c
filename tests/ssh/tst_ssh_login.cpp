// SPDX-License-Identifier: GPL-3.0-or-later
/// Logging in to real OpenSSH servers in network namespaces: host keys, keys, passwords, the agent,
/// and jump hosts.
#include "SessionTest.h"
#include "base/File.h"

#include <signal.h>
#include <sys/stat.h>

#include <fstream>

using namespace millrace;
using namespace millrace::ssh;
using namespace millrace::test;

class TestSshLogin : public SessionTest
{
    Q_OBJECT
public:
    TestSshLogin()
        : SessionTest({{"one", {}, "", ""}, {"two", {}, "", ""}, {"hidden", {}, "one", ""}})
    {
    }
private slots:
    void unknownHostKeys()
    {
        m_decision.answer = HostKeyAnswer::Refuse;
        const auto refused = reach("one");
        QVERIFY(refused.error().code == ErrorCode::HostKeyMismatch);
        QCOMPARE(m_decision.questions.size(), std::size_t{1});
        const std::string shown = m_decision.questions[0].fingerprint;
        const std::string expected =
            runProgram({"ssh-keygen", "-lf", m_hosts->host("one").hostKeyPub.string()});
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
        const std::string said = runProgram({"ssh-agent", "-a", socket.string(), "-s"});
        const std::size_t at = said.find("SSH_AGENT_PID=") + 14;
        const ::pid_t pid = std::stoi(said.substr(at));
        runProgram(
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

private:
    std::filesystem::path makeKey(const std::string& name, const std::string& phrase)
    {
        const auto file = m_files.home / name;
        std::filesystem::remove(file);
        runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", file.string()});
        return file;
    }
    void allow(const std::string& host, const std::filesystem::path& key)
    {
        std::ofstream(m_hosts->host(host).home / ".ssh" / "authorized_keys", std::ios::app)
            << readFile(key.string() + ".pub").value();
    }
};

QTEST_APPLESS_MAIN(TestSshLogin)
#include "tst_ssh_login.moc"
