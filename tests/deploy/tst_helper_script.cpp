// SPDX-License-Identifier: GPL-3.0-or-later
/// The script that is run on hosts, on this one: whose processes it ends, which files it trusts.
#include "base/File.h"
#include "base/Hash.h"
#include "deploy/DeviceHost.h"
#include "deploy/HelperScript.h"
#include "deploy/Process.h"
#include "ssh/LocalHost.h"
#include "support/Messages.h"
#include "support/StartProcess.h"

#include <QTemporaryDir>
#include <QTest>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

namespace
{

class Here final : public HostAccess
{
public:
    [[nodiscard]] Result<std::unique_ptr<ssh::RemoteHost>> reach(const cluster::Device&,
                                                                 const std::stop_token&) override
    {
        return ssh::thisComputer();
    }
    [[nodiscard]] Result<std::string> dataAddress(const cluster::Device&) override
    {
        return "127.0.0.1";
    }
};

} // namespace

class TestHelperScript : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->path().toStdString() + "/home";
        m_host = std::make_unique<DeviceHost>(cluster::Device{}, m_root.string(), m_access,
                                              HostLimits{});
    }
    void cleanup() { endProcesses(m_started, std::chrono::seconds(1)); }

    /// Who only looks at a node's files is not the release's.
    void endsOnlyItsOwnProcesses()
    {
        const ProcessId runner = run("r", "stage-1");
        const ProcessId other = run("other", "stage-1");
        const auto log = node("r", "stage-1") / "node.log";
        QVERIFY(writePrivateFile(log, "a line\n"));
        const ProcessId reader = start({"/usr/bin/tail", "-f", log.string()});
        QCOMPARE(said("stop", {"r"}), std::string());
        QVERIFY(!isAlive(runner));
        QVERIFY(isAlive(reader) && isAlive(other));
        QCOMPARE(said("remove", {"r"}), std::string());
        QVERIFY(!fs::exists(m_root / "releases" / "r"));
        QVERIFY(isAlive(reader) && isAlive(other));
    }

    void endsTheNodesThatAreNamed()
    {
        const ProcessId first = run("r", "stage-1");
        const ProcessId second = run("r", "stage-10");
        const ProcessId third = run("r", "gateway");
        QCOMPARE(said("stop", {"r", "stage-1", "gateway"}), std::string());
        QVERIFY(!isAlive(first) && isAlive(second) && !isAlive(third));
    }

    /// The home folder may be a link to where it really is.
    void folderBehindALink()
    {
        const ProcessId runner = run("r", "stage-1");
        fs::create_directory_symlink(m_root, m_folder->path().toStdString() + "/link");
        DeviceHost host({}, m_folder->path().toStdString() + "/link", m_access, {});
        QVERIFY(host.help("stop", {"r"}, {}));
        QVERIFY(!isAlive(runner));
    }

    /// Files under their hash may have been cut off by a full disk or a pulled plug.
    void trustsNoBlobUnseen()
    {
        const std::string whole = sha256("whole"), cut = sha256("cut off"), gone = sha256("gone");
        fs::create_directories(m_root / "blobs");
        QVERIFY(writePrivateFile(m_root / "blobs" / whole, "whole"));
        QVERIFY(writePrivateFile(m_root / "blobs" / cut, "cut"));
        QCOMPARE(said("have", {whole, cut, gone}), whole + "\n");
    }

    void lockIsHeldByOne()
    {
        QCOMPARE(said("lock", {"mine", "ada@laptop"}), std::string());
        QCOMPARE(said("lock", {"mine", "ada@laptop"}), std::string()); // of another device here
        const auto refused = m_host->help("lock", {"theirs", "eve@elsewhere"}, {});
        QVERIFY(refused.error().code == ErrorCode::Network);
        QVERIFY(test::contains(refused.error().message, "held by ada@laptop"));
        QCOMPARE(said("unlock", {"theirs"}), std::string());
        QVERIFY(!m_host->help("lock", {"theirs", "eve@elsewhere"}, {}));
        QCOMPARE(said("unlock", {"mine"}), std::string());
        QCOMPARE(said("lock", {"theirs", "eve@elsewhere"}), std::string());
    }

    void sweepsWhatIsNotComplete()
    {
        for (const char* release : {"done", "half", "named"})
            fs::create_directories(node(release, "stage-1"));
        QCOMPARE(said("complete", {"done"}) + said("complete", {"named"}), std::string());
        QCOMPARE(said("sweep", {"named"}), std::string());
        QVERIFY(fs::exists(node("done", "stage-1")));
        QVERIFY(!fs::exists(m_root / "releases" / "half"));
        QVERIFY(!fs::exists(m_root / "releases" / "named"));
    }

    void removesBlobsThatNobodyNeeds()
    {
        const std::string shared = sha256("shared"), own = sha256("own");
        fs::create_directories(m_root / "blobs");
        QVERIFY(writePrivateFile(m_root / "blobs" / shared, "shared"));
        QVERIFY(writePrivateFile(m_root / "blobs" / own, "own"));
        QCOMPARE(said("place", {"a", "stage-1", "model", shared}), std::string());
        QCOMPARE(said("place", {"b", "stage-1", "model", shared, "weights", own}), std::string());
        QCOMPARE(said("remove", {"b"}), std::string());
        QVERIFY(fs::exists(m_root / "blobs" / shared) && !fs::exists(m_root / "blobs" / own));
        QCOMPARE(said("remove", {"a"}), std::string());
        QVERIFY(!fs::exists(m_root / "blobs") && !fs::exists(m_root / "releases"));
    }

    void mistakes()
    {
        QVERIFY(m_host->help("dance", {}, {}).error().code == ErrorCode::Io);
        QVERIFY(m_host->help("start", {"r", "stage-1", ""}, {}).error().code ==
                ErrorCode::NotFound);
        QVERIFY(m_host->help("place", {"r", "stage-1", "model", "none"}, {}).error().code ==
                ErrorCode::Io);
    }

private:
    [[nodiscard]] fs::path node(const std::string& release, const std::string& name) const
    {
        return m_root / "releases" / release / name;
    }
    /// A program of that node, which runs.
    ProcessId run(const std::string& release, const std::string& name)
    {
        const fs::path folder = node(release, name);
        fs::create_directories(folder);
        fs::copy_file("/bin/sleep", folder / "millrace-stage");
        return start({(folder / "millrace-stage").string(), "600"});
    }
    ProcessId start(const std::vector<std::string>& arguments)
    {
        m_started.push_back(test::startProcess(arguments, m_folder->path().toStdString() + "/log"));
        return m_started.back();
    }
    std::string said(const std::string& action, const std::vector<std::string>& arguments)
    {
        const auto answer = m_host->help(action, arguments, {});
        return answer ? *answer : "error: " + answer.error().message;
    }

    Here m_access;
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
    std::unique_ptr<DeviceHost> m_host;
    std::vector<ProcessId> m_started;
};

QTEST_GUILESS_MAIN(TestHelperScript)
#include "tst_helper_script.moc"
