// SPDX-License-Identifier: GPL-3.0-or-later
/// A release on a host whose account has a systemd manager that stays: its nodes are units.
#include "SmallDeployment.h"
#include "base/File.h"
#include "deploy/SshAccess.h"
#include "support/QuietSteps.h"
#include "support/ShowString.h"
#include "support/SshCluster.h"

#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <unistd.h>

#include <fstream>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

namespace
{

/// A test has no machine that was booted with systemd: this is what one would have set up.
class Manager
{
public:
    explicit Manager(const test::TestHost& host)
        : m_host(host), m_group("millrace-test-" + std::to_string(::getpid()))
    {
        fs::create_directory(m_host.home / "bin");
        std::ofstream(m_host.home / "bin" / "loginctl") << "#!/bin/sh\necho yes\n";
        fs::permissions(m_host.home / "bin" / "loginctl", fs::perms(0755));
        std::ofstream(m_host.home / ".bashrc") << "PATH=$HOME/bin:$PATH\n";
        inside("if grep -q name=systemd /proc/self/cgroup; then "
               "mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/systemd && "
               "mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd; "
               "else mount -t cgroup2 none /sys/fs/cgroup; fi");
        inside("mkdir -p " + group() + " && chown -R 2001:2001 " + group() +
               " && mkdir -p /run/systemd/system /run/user/2001 && chown 2001:2001 /run/user/2001"
               " && chmod 700 /run/user/2001");
        inside("export G=" + group() + "; setsid sh -c 'echo $$ > $G/cgroup.procs && exec " +
               kAsAda + "HOME=" + m_host.home.string() + " /lib/systemd/systemd --user' >" +
               (m_host.home / "manager.log").string() + " 2>&1 &");
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    ~Manager()
    {
        static_cast<void>(control("exit --force"));
        static_cast<void>(asRoot("G=" + group() +
                                 "; for i in 1 2 3 4 5 6 7 8 9; do find $G -depth -type d -exec "
                                 "rmdir {} + && break; sleep 0.5; done"));
    }

    /// What `systemctl --user` says; empty where it fails.
    [[nodiscard]] std::string control(const std::string& arguments) const
    {
        return asRoot(kAsAda + "systemctl --user " + arguments);
    }

    [[nodiscard]] std::string log() const
    {
        return readFile(m_host.home / "manager.log").value_or("no log");
    }

private:
    std::string inside(const std::string& command) const
    {
        const std::string init = std::to_string(m_host.init);
        return test::runProgram({"nsenter", "--net", "--mount", "--pid", "--root",
                                 "--target=" + init, "sh", "-c", command});
    }
    [[nodiscard]] std::string asRoot(const std::string& command) const
    {
        try {
            return inside(command);
        } catch (const std::runtime_error&) {
            return {};
        }
    }
    [[nodiscard]] std::string group() const
    {
        return "$([ -d /sys/fs/cgroup/systemd ] && echo /sys/fs/cgroup/systemd || "
               "echo /sys/fs/cgroup)/" +
               m_group;
    }

    const std::string kAsAda =
        "setpriv --reuid 2001 --regid 2001 --clear-groups env -i PATH=/usr/bin:/bin "
        "XDG_RUNTIME_DIR=/run/user/2001 ";
    const test::TestHost& m_host;
    std::string m_group;
};

} // namespace

class TestSshServices : public QObject
{
    Q_OBJECT
    template <class Act>
    auto withAccess(const Act& act)
    {
        ssh::NoCredentials none;
        ssh::AcceptListed decision;
        SshAccess access(m_files, none, decision);
        return act(access);
    }
private slots:
    void initTestCase()
    {
        if (const std::string missing = test::TestHosts::missing(); !missing.empty())
            QSKIP(("no SSH hosts: " + missing).c_str());
        if (!fs::exists("/lib/systemd/systemd"))
            QSKIP("no systemd");
        m_cluster = std::make_unique<test::SshCluster>(std::vector<test::TestHostOptions>{
            {"a", {}, "", ""}, {"b", {}, "", ""}, {"c", {}, "", ""}});
        m_manager = std::make_unique<Manager>(m_cluster->host("a"));
        m_model = m_folder.filePath(QStringLiteral("small.onnx")).toStdString();
        test::writeSmallModel(m_model);
        qputenv("MILLRACE_STATE", m_folder.filePath(QStringLiteral("state")).toUtf8());
        m_files = test::userFiles(m_cluster->hosts().folder() / "client");
        QTRY_VERIFY2_WITH_TIMEOUT(!m_manager->control("is-system-running").empty(),
                                  m_manager->log().c_str(), 10000);
    }
    void init()
    {
        if (!m_manager)
            QSKIP("no manager");
    }
    void cleanupTestCase()
    {
        m_manager.reset();
        m_cluster.reset();
    }

    void nodesAreUnits()
    {
        test::QuietSteps quiet;
        const auto deployed = withAccess([&](HostAccess& access) {
            return deploy::deploy(test::smallDeployment(m_model, clusterText(), {2, 4}), access, {},
                                  quiet);
        });
        QCOMPARE(test::errorOf(deployed), std::string("no error"));
        QVERIFY(test::serves(deployed->release));
        const std::string unit = unitOf(deployed->release);
        QCOMPARE(m_manager->control("show -p ActiveState --value " + unit),
                 std::string("active\n"));
        // The runner itself: nothing else has to watch over it.
        QCOMPARE(m_cluster->runners("a").size(), std::size_t{1});
        QCOMPARE(m_cluster->runners("b").size(), std::size_t{2});

        const std::string first = mainPid(unit);
        for (const ::pid_t pid : m_cluster->host("a").processes())
            if (readFile("/proc/" + std::to_string(pid) + "/cmdline")
                    .value_or("")
                    .find("/millrace-stage") != std::string::npos)
                ::kill(pid, SIGSEGV);
        QTRY_VERIFY_WITH_TIMEOUT(mainPid(unit) != first && mainPid(unit) != "0\n", 10000);
        QTRY_VERIFY_WITH_TIMEOUT(test::serves(deployed->release), 20000);

        // The manager's new process is this release's, so nothing has to be started.
        const auto again = withAccess([&](HostAccess& access) {
            return deploy::deploy(test::smallDeployment(m_model, clusterText(), {2, 4}), access, {},
                                  quiet);
        });
        QCOMPARE(test::errorOf(again), std::string("no error"));
        QVERIFY(again->isReused && again->started.empty());

        const auto gone = withAccess([&](HostAccess& access) {
            return deploy::undeploy(deployed->release, access, {}, {}, quiet);
        });
        QCOMPARE(test::errorOf(gone), std::string("no error"));
        QCOMPARE(m_manager->control("list-units --all --plain --no-legend 'millrace-*'"),
                 std::string());
        QVERIFY(m_cluster->runners("a").empty());
        QVERIFY(!fs::exists(m_cluster->folder("a")));
    }

private:
    [[nodiscard]] std::string clusterText() const
    {
        std::string text = "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
        for (const char* name : {"a", "b", "c"})
            text += m_cluster->device(name, "memory: 1 GiB");
        return text + "links:\n  default: {bandwidth: 1 Gbit/s}\ngateway: {device: gate}\n";
    }
    static std::string unitOf(const Release& release)
    {
        return "millrace-" + release.id + "-stage-1.service";
    }
    [[nodiscard]] std::string mainPid(const std::string& unit) const
    {
        return m_manager->control("show -p MainPID --value " + unit);
    }

    std::unique_ptr<test::SshCluster> m_cluster;
    std::unique_ptr<Manager> m_manager;
    QTemporaryDir m_folder;
    std::string m_model;
    ssh::UserFiles m_files;
};

QTEST_GUILESS_MAIN(TestSshServices)
#include "tst_ssh_services.moc"
