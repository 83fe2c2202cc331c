// SPDX-License-Identifier: GPL-3.0-or-later
/// Deployments over SSH that fail or are killed, on real OpenSSH servers in network namespaces:
/// what is undone, what goes on serving.
#include "SshReleaseTest.h"
#include "base/File.h"

#include <QProcess>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

namespace
{

/// Does something when a step begins.
class Trigger final : public StepSink
{
public:
    Trigger() = default;
    Trigger(std::string device, std::string step, std::function<void()> act)
        : m_device(std::move(device)), m_step(std::move(step)), m_act(std::move(act))
    {
    }
    void step(const StepUpdate& update) override
    {
        if (m_act && nameOf(update.step) == m_step && update.state == StepState::Running &&
            (m_device.empty() || update.device == m_device))
            std::exchange(m_act, {})();
    }

private:
    std::string m_device, m_step;
    std::function<void()> m_act;
};

/// Listens on a port of a host, as another program would.
class Occupied
{
public:
    Occupied(::pid_t init, std::uint16_t port)
    {
        m_child = ::fork();
        if (m_child != 0)
            return;
        const std::string net = "/proc/" + std::to_string(init) + "/ns/net";
        ::setns(::open(net.c_str(), O_RDONLY), CLONE_NEWNET);
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(port);
        ::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        ::listen(fd, 1);
        ::pause();
        ::_exit(0);
    }
    Occupied(const Occupied&) = delete;
    Occupied& operator=(const Occupied&) = delete;
    ~Occupied()
    {
        ::kill(m_child, SIGKILL);
        ::waitpid(m_child, nullptr, 0);
    }

private:
    ::pid_t m_child;
};

/// In a program of its own: deploys, and is gone when the step begins.
int deployAndDie()
{
    const auto variable = [](const char* name) { return std::string(std::getenv(name)); };
    ssh::NoCredentials none;
    ssh::AcceptListed decision;
    SshAccess access(test::userFiles(variable("TEST_CLIENT")), none, decision);
    Trigger trigger("", variable("TEST_STEP"), [] { ::kill(::getpid(), SIGKILL); });
    const auto deployment = test::smallDeployment(variable("TEST_MODEL"), variable("TEST_CLUSTER"),
                                                  {std::stoi(variable("TEST_CUT")), 7});
    return deploy::deploy(deployment, access, {}, trigger) ? 0 : 1;
}

} // namespace

class TestSshFailures : public test::SshReleaseTest
{
    Q_OBJECT
private slots:
    void failures_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* how, const char* says) {
            QTest::newRow(how) << QString::fromLatin1(how) << QString::fromLatin1(says);
        };
        row("wrong key", "d: reach: ");
        row("no shell", "d: check: ");
        row("unknown host key", "d: reach: ");
        row("changed host key", "known_hosts:");
        row("no space", "are free on the disk of");
        row("read-only home", "cannot be written to");
        row("wrong architecture", "its architecture is armv6l, and there is no runner for it");
        row("port taken", "ports 7450-7450 are taken");
        row("port taken at last", "another program has this port");
        row("stops answering", "d: upload: ");
    }
    void failures()
    {
        QFETCH(QString, how);
        QFETCH(QString, says);
        const Release serving = current();
        const auto before = folders("a");
        Breakage breakage(*this, how.toStdString());
        const auto start = std::chrono::steady_clock::now();
        const auto failed = deploy({2, 5}, breakage.device, breakage.trigger);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        breakage.mend();
        QVERIFY(!failed);
        QVERIFY2(test::contains(failed.error().message, says.toStdString()),
                 failed.error().message.c_str());
        QVERIFY2(test::contains(failed.error().message, "d: ") ||
                     test::contains(failed.error().message, "on d"),
                 failed.error().message.c_str());
        QVERIFY2(took.count() < 40, std::to_string(took.count()).c_str());
        QVERIFY(test::serves(serving));
        QCOMPARE(current().id, serving.id);
        QVERIFY(folders("a") == before);
        QVERIFY(!fs::exists(m_cluster->folder("a") / "lock"));
    }

    void anotherDeploymentIsNamed()
    {
        const Release serving = current();
        withAccess([&](HostAccess& access) {
            DeviceHost other(serving.cluster.devices[1], ".millrace", access, {});
            if (!other.help("lock", {"token", "eve@elsewhere (process 1) since noon"}, {}))
                qFatal("cannot lock");
            const auto refused = deploy({2, 5});
            if (refused || !test::contains(refused.error().message, "held by eve@elsewhere"))
                qFatal("%s", test::errorOf(refused).c_str());
            return 0;
        });
        // Its connection is gone, and so is its claim.
        QVERIFY(test::serves(serving));
        QCOMPARE(test::errorOf(deploy({2, 5})), std::string("no error"));
    }

    void killedDeployments_data()
    {
        QTest::addColumn<QString>("step");
        for (const char* step : {"check", "lock", "split", "upload", "start", "health", "switch"})
            QTest::newRow(step) << QString::fromLatin1(step);
    }
    void killedDeployments()
    {
        QFETCH(QString, step);
        static int cut = 0;
        cut = cut % 6 + 1; // another plan each time
        const Release serving = current();
        QProcess child;
        auto environment = QProcessEnvironment::systemEnvironment();
        const auto set = [&environment](const char* name, const std::string& value) {
            environment.insert(QString::fromLatin1(name), QString::fromStdString(value));
        };
        set("TEST_STEP", step.toStdString());
        set("TEST_CLIENT", m_files.home.string());
        set("TEST_MODEL", m_model);
        set("TEST_CLUSTER", clusterText());
        set("TEST_CUT", std::to_string(cut));
        child.setProcessEnvironment(environment);
        child.start(QCoreApplication::applicationFilePath(), QStringList());
        QVERIFY(child.waitForFinished(60000));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        QVERIFY(test::serves(serving));
        const auto next = deploy({cut, 7});
        QCOMPARE(test::errorOf(next), std::string("no error"));
        QVERIFY(test::serves(next->release) && !test::serves(serving));
        QVERIFY(folders("a").size() <= 3);
        QVERIFY(abandonedReleases().empty());
        for (const char* host : {"a", "b", "c"})
            QCOMPARE(m_cluster->runners(host).size(), std::size_t{2});
    }

private:
    /// What is wrong with d, which stands in the place of the third stage's device.
    struct Breakage {
        Breakage(TestSshFailures& test, const std::string& how) : m_test(test), m_how(how)
        {
            const auto& cluster = *test.m_cluster;
            const test::TestHost& d = cluster.host("d");
            device = cluster.device("d", "memory: 1 GiB");
            const std::string home = d.home.string();
            if (how == "wrong key") {
                const auto key = test.m_files.home / "id_bad";
                fs::remove(key);
                test::runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key});
                device = "  - {name: d, address: " + d.address +
                         ", user: ada, memory: 1 GiB, identity_file: " + key.string() + "}\n";
            } else if (how == "no shell") {
                device = cluster.device("noshell", "memory: 1 GiB");
                device.replace(device.find("noshell"), 7, "d");
            } else if (how == "unknown host key") {
                std::ofstream(cluster.knownHosts()) << rest(d.address);
            } else if (how == "changed host key") {
                const auto other = readFile(cluster.host("a").hostKeyPub).value();
                std::ofstream(cluster.knownHosts()) << rest(d.address) << d.address << " " << other;
            } else if (how == "no space") {
                fs::create_directory(d.home / ".millrace");
                inside({"mount", "-t", "tmpfs", "-o", "size=1m,mode=700,uid=2001,gid=2001", "none",
                        home + "/.millrace"});
            } else if (how == "read-only home") {
                inside({"mount", "--bind", home, home});
                inside({"mount", "-o", "remount,ro,bind", home});
            } else if (how == "wrong architecture") {
                fs::create_directory(d.home / "bin");
                std::ofstream(d.home / "bin" / "uname")
                    << "#!/bin/sh\n[ \"$1\" = -m ] && echo armv6l || echo Linux\n";
                fs::permissions(d.home / "bin" / "uname", fs::perms(0755));
                std::ofstream(d.home / ".bashrc") << "PATH=$HOME/bin:$PATH\n";
            } else {
                breakLater(d);
            }
        }
        Breakage(const Breakage&) = delete;
        Breakage& operator=(const Breakage&) = delete;
        void breakLater(const test::TestHost& d)
        {
            device = m_test.m_cluster->device("d", "memory: 1 GiB, port_range: 7450-7450");
            if (m_how == "port taken")
                occupied = std::make_unique<Occupied>(d.init, std::uint16_t{7450});
            else if (m_how == "port taken at last")
                trigger = {"d", "upload", [this, &d] {
                               occupied = std::make_unique<Occupied>(d.init, std::uint16_t{7450});
                           }};
            else
                trigger = {"d", "upload", [&d] { d.signalAll(SIGSTOP); }};
        }
        void mend()
        {
            const test::TestHost& d = m_test.m_cluster->host("d");
            d.signalAll(SIGCONT);
            m_test.m_cluster->knowAll();
            occupied.reset();
            if (m_how == "no space") {
                inside({"umount", (d.home / ".millrace").string()});
                fs::remove(d.home / ".millrace"); // which is root's
            }
            if (m_how == "read-only home")
                inside({"umount", d.home.string()});
            fs::remove(d.home / ".bashrc");
            fs::remove_all(d.home / "bin");
        }
        std::string rest(const std::string& address) const
        {
            std::string kept;
            std::ifstream lines(m_test.m_cluster->knownHosts());
            for (std::string line; std::getline(lines, line);)
                if (!line.starts_with(address + " "))
                    kept += line + "\n";
            return kept;
        }
        void inside(std::vector<std::string> command) const
        {
            const std::string init = std::to_string(m_test.m_cluster->host("d").init);
            command.insert(command.begin(), {"nsenter", "--mount=/proc/" + init + "/ns/mnt",
                                             "--root=/proc/" + init + "/root"});
            test::runProgram(command);
        }

        TestSshFailures& m_test;
        std::string m_how;
        std::string device;
        std::unique_ptr<Occupied> occupied;
        Trigger trigger;
    };
};

int main(int argc, char** argv)
{
    if (std::getenv("TEST_STEP") != nullptr)
        return deployAndDie();
    QCoreApplication app(argc, argv);
    TestSshFailures test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_ssh_failures.moc"
