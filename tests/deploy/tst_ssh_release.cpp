// SPDX-License-Identifier: GPL-3.0-or-later
/// Releases over SSH on real OpenSSH servers in network namespaces: what fails, what is undone,
/// what goes on serving.
#include "SmallDeployment.h"
#include "base/File.h"
#include "deploy/Process.h"
#include "deploy/Rollout.h"
#include "deploy/SshAccess.h"
#include "deploy/SshRelease.h"
#include "runtime/Identity.h"
#include "support/ShowString.h"
#include "support/SshCluster.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

namespace
{

/// Does something when a step begins or ends.
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
        if (update.state == StepState::Failed)
            failed.push_back(update.device + "/" + update.step);
        if (m_act && update.step == m_step && update.state == StepState::Running &&
            (m_device.empty() || update.device == m_device))
            std::exchange(m_act, {})();
    }
    std::vector<std::string> failed;

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

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

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
    return deploySsh(deployment, access, {}, trigger) ? 0 : 1;
}

} // namespace

class TestSshRelease : public QObject
{
    Q_OBJECT
    template <class Act>
    auto withAccess(const Act& act)
    {
        ssh::NoCredentials none;
        ssh::AcceptListed decision;
        SshAccess access(m_files, none, decision, {{3}, {3}, {3}});
        return act(access);
    }
private slots:
    void initTestCase()
    {
        if (const std::string missing = test::TestHosts::missing(); !missing.empty())
            QSKIP(("no SSH hosts: " + missing).c_str());
        m_cluster = std::make_unique<test::SshCluster>(std::vector<test::TestHostOptions>{
            {"a", {}, "", ""},
            {"b", {}, "", "Subsystem sftp /nonexistent\n"},
            {"c", {}, "", ""},
            {"d", {}, "", ""},
            {"noshell", {}, "", "ForceCommand internal-sftp\n"}});
        m_folder = std::make_unique<QTemporaryDir>();
        m_model = m_folder->filePath(QStringLiteral("small.onnx")).toStdString();
        test::writeSmallModel(m_model);
        qputenv("MILLRACE_STATE", m_folder->filePath(QStringLiteral("state")).toUtf8());
        m_files = test::userFiles(m_cluster->hosts().folder() / "client");
    }
    void init()
    {
        if (!m_cluster)
            QSKIP("no SSH hosts");
    }
    void cleanupTestCase()
    {
        if (!m_cluster)
            return;
        for (const Release& release : localReleases())
            static_cast<void>(undeploy(release));
        m_cluster.reset();
    }

    /// One cut has moved: only the stages beside it are sent.
    void sendsOnlyWhatHasChanged()
    {
        const auto first = deploy({2, 4});
        QCOMPARE(test::errorOf(first), std::string("no error"));
        QVERIFY(first->transfers.at("stage-1").model.value > 1'000'000);
        const auto second = deploy({2, 6});
        QCOMPARE(test::errorOf(second), std::string("no error"));
        QCOMPARE(second->transfers.at("stage-1").model.value, std::int64_t{0});
        QVERIFY(second->transfers.at("stage-2").model.value > 2'000'000);
        QVERIFY(second->transfers.at("stage-3").model.value > 1'000'000);
        for (const auto& [node, sent] : second->transfers)
            QCOMPARE(sent.program.value, std::int64_t{0});
        QVERIFY(test::serves(second->release));
        QVERIFY(!test::serves(first->release)); // replaced
        QCOMPARE(m_cluster->runners("a").size(), std::size_t{2});
    }

    void goesBackAndKeepsThree()
    {
        const auto before = current();
        const auto target = rollbackTarget(before);
        QCOMPARE(test::errorOf(target), std::string("no error"));
        Trigger quiet;
        const auto back = withAccess(
            [&](HostAccess& access) { return bringBackSsh(*target, access, {}, {}, quiet); });
        QCOMPARE(test::errorOf(back), std::string("no error"));
        QCOMPARE(current().id, target->id);
        QVERIFY(test::serves(*target) && !test::serves(before));
        for (const int cut : {1, 3}) // the fourth removes the oldest
            QCOMPARE(test::errorOf(deploy({cut, 6})), std::string("no error"));
        QCOMPARE(folders("a").size(), std::size_t{3});
        QCOMPARE(localReleases().size(), std::size_t{3});
    }

    void crashedRunnerIsStartedAgain()
    {
        const Release release = current();
        for (const ::pid_t pid : m_cluster->host("b").processes()) {
            const auto line = readFile(fmt::format("/proc/{}/cmdline", pid)).value_or("");
            if (contains(line, "millrace-stage") && !contains(line, "--supervise") &&
                fs::read_symlink(fmt::format("/proc/{}/exe", pid)).filename() != "sshd")
                ::kill(pid, SIGKILL);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!test::serves(release), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(test::serves(release), 15000);
    }

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
        const auto failed = deploy({2, 5}, breakage.device, &breakage.trigger);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        breakage.mend();
        QVERIFY(!failed);
        QVERIFY2(contains(failed.error().message, says.toStdString()),
                 failed.error().message.c_str());
        QVERIFY2(contains(failed.error().message, "d: ") ||
                     contains(failed.error().message, "on d"),
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
            if (refused || !contains(refused.error().message, "held by eve@elsewhere"))
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

    void secretsStaySecret()
    {
        std::string seen;
        {
            const std::jthread watcher([&seen](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    std::error_code error;
                    for (const auto& entry : fs::directory_iterator("/proc", error))
                        if (std::atoi(entry.path().filename().c_str()) > 0)
                            for (const char* what : {"cmdline", "environ"})
                                seen += readFile(entry.path() / what).value_or("");
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                }
            });
            QCOMPARE(test::errorOf(deploy({4, 7})), std::string("no error"));
        }
        QVERIFY(contains(seen, "millrace-stage"));
        std::vector<std::string> secrets{"PRIVATE KEY", "BEGIN CERTIFICATE"};
        int keys = 0;
        for (const fs::path& folder : secretFolders())
            for (const auto& entry : fs::recursive_directory_iterator(folder)) {
                if (!entry.is_regular_file() || entry.file_size() > 1'000'000)
                    continue;
                const std::string text = readFile(entry.path()).value();
                const bool isSecret =
                    contains(text, "PRIVATE KEY") || contains(text, "BEGIN CERTIFICATE");
                if (!isSecret)
                    continue;
                ++keys;
                QVERIFY2(entry.path().extension() != ".log", entry.path().c_str());
                QVERIFY2((static_cast<unsigned>(entry.status().permissions()) & 077U) == 0,
                         entry.path().c_str());
                const std::size_t line = text.find('\n') + 1;
                secrets.push_back(text.substr(line, text.find('\n', line) - line));
            }
        QVERIFY(keys > 8);
        for (const std::string& secret : secrets)
            QVERIFY2(!contains(seen, secret), secret.c_str());
    }

    void strangersAreRefusedEverywhere()
    {
        const Release release = current();
        const auto stranger = runtime::makeIdentity("client").value();
        for (const ReleaseNode& node : release.nodes) {
            const auto certificate = readFile(nodeFolder(release, node) / "node.crt").value();
            const runtime::GatewayAddress address{
                release.id, node.endpoint, runtime::certificateFingerprint(certificate).value(),
                stranger.certificatePem, stranger.privateKeyPem};
            const auto refused =
                runtime::StatusClient::connect(address, std::chrono::seconds(5), {});
            QVERIFY2(!refused, node.name.c_str());
            // By its own word, not because nobody is there.
            QVERIFY2(contains(refused.error().message, "certificate"),
                     refused.error().message.c_str());
        }
        QVERIFY(test::serves(release));
    }

    void undeployLeavesNothing()
    {
        QCOMPARE(test::errorOf(undeploy(current())), std::string("no error"));
        for (const char* host : {"a", "b", "c"}) {
            QVERIFY(m_cluster->runners(host).empty());
            QVERIFY2(!fs::exists(m_cluster->folder(host)), host);
        }
        QVERIFY(localReleases().empty());
        QVERIFY(!fs::exists(stateFolder() / "nodes"));
    }

private:
    /// What is wrong with d, which stands in the place of the third stage's device.
    struct Breakage {
        Breakage(TestSshRelease& test, const std::string& how) : m_test(test), m_how(how)
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

        TestSshRelease& m_test;
        std::string m_how;
        std::string device;
        std::unique_ptr<Occupied> occupied;
        Trigger trigger;
    };

    [[nodiscard]] std::string clusterText(const std::string& third = {}) const
    {
        std::string text = "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
        for (const char* name : {"a", "b", "c"})
            text +=
                *name == 'c' && !third.empty() ? third : m_cluster->device(name, "memory: 1 GiB");
        return text + "links:\n  default: {bandwidth: 1 Gbit/s}\ngateway: {device: gate}\n";
    }
    Result<SshOutcome> deploy(test::Cuts cuts, const std::string& third = {},
                              Trigger* trigger = nullptr)
    {
        Trigger quiet;
        return withAccess([&](HostAccess& access) {
            return deploySsh(test::smallDeployment(m_model, clusterText(third), cuts), access, {},
                             trigger != nullptr ? *trigger : quiet);
        });
    }
    Result<void> undeploy(const Release& release)
    {
        Trigger quiet;
        return withAccess(
            [&](HostAccess& access) { return undeploySsh(release, access, {}, {}, quiet); });
    }
    static Release current() { return findRelease("").value(); }
    [[nodiscard]] std::vector<std::string> folders(const std::string& host) const
    {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(m_cluster->folder(host) / "releases"))
            names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }
    [[nodiscard]] std::vector<fs::path> secretFolders() const
    {
        std::vector<fs::path> all{stateFolder()};
        for (const char* host : {"a", "b", "c"})
            all.push_back(m_cluster->folder(host));
        return all;
    }

    std::unique_ptr<test::SshCluster> m_cluster;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_model;
    ssh::UserFiles m_files;
};

int main(int argc, char** argv)
{
    if (std::getenv("TEST_STEP") != nullptr)
        return deployAndDie();
    QCoreApplication app(argc, argv);
    TestSshRelease test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_ssh_release.moc"
