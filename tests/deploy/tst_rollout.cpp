// SPDX-License-Identifier: GPL-3.0-or-later
/// Every failure on the way of a release onto its devices, with hosts that only pretend.
#include "SmallRelease.h"
#include "deploy/Deploy.h"
#include "deploy/Facts.h"
#include "deploy/HelperScript.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/steps/AllSteps.h"
#include "deploy/steps/Ports.h"
#include "support/OnnxBuilder.h"
#include "support/QuietSteps.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <chrono>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

const std::string kFacts = "system=Linux\narchitecture=x86_64\nfolder=/home/ada/.millrace\n"
                           "libc=glibc 2.36\ncores=4\ndisk_free_kib=9000000\nclock=4000000000\n"
                           "writable=yes\nparent=/home/ada\nmemory_kib=900000\n"
                           "memory_free_kib=800000\nservices=systemd\nlistens=1CE8\n";

/// What all hosts of a test share.
struct World {
    std::string device, action; ///< where something goes wrong: of this device, at this action
    Error error{ErrorCode::Io, "the disk is on fire"};
    std::set<std::string> running; ///< "DEVICE NODE", of the release
    std::mutex mutex;
    std::vector<std::string> done; ///< "DEVICE ACTION", for nodes "DEVICE ACTION NODE", too
    [[nodiscard]] bool has(const std::string& what)
    {
        const std::lock_guard lock(mutex);
        return std::find(done.begin(), done.end(), what) != done.end();
    }
};

class PretendedHost final : public ssh::RemoteHost
{
public:
    PretendedHost(World& world, std::string device) : m_world(world), m_device(std::move(device)) {}
    [[nodiscard]] const std::string& name() const override { return m_device; }
    [[nodiscard]] Result<ssh::CommandResult> run(const ssh::Command& command,
                                                 std::stop_token) override
    {
        const std::string& action = command.arguments.front();
        if (const auto ok = act(action); !ok)
            return tl::unexpected(ok.error());
        ssh::CommandResult result{ssh::ExitCode{0}, "", ""};
        if (action == "facts")
            result.out = kFacts;
        const std::lock_guard lock(m_world.mutex);
        const auto nodes =
            std::next(command.arguments.begin(), 3); // behind action, folder, release
        if (action == "start")
            result.out = m_world.running.insert(m_device + " " + *nodes).second
                             ? "pid=17 42\nstarted=yes\n"
                             : "pid=17 42\nstarted=no\n";
        for (auto node = nodes; action == "state" && node != command.arguments.end(); ++node)
            if (m_world.running.contains(m_device + " " + *node))
                result.out += *node + " 17 42\n";
        for (auto node = nodes; action == "stop" && node != command.arguments.end(); ++node)
            m_world.done.push_back(m_device + " stop " + *node);
        return result;
    }
    [[nodiscard]] Result<ssh::UploadEnd> upload(const ssh::Upload& upload, ssh::TransferSink& sink,
                                                std::stop_token) override
    {
        if (const auto ok = act("upload"); !ok)
            return tl::unexpected(ok.error());
        sink.sent(Bytes{1}, Bytes{2});
        return upload.name.empty() ? ssh::UploadEnd::AlreadyThere : ssh::UploadEnd::Sent;
    }

private:
    Result<void> act(const std::string& action)
    {
        const std::lock_guard lock(m_world.mutex);
        m_world.done.push_back(m_device + " " + action);
        if (m_world.device == m_device && m_world.action == action)
            return tl::unexpected(m_world.error);
        return {};
    }
    World& m_world;
    std::string m_device;
};

class PretendedAccess final : public HostAccess
{
public:
    explicit PretendedAccess(World& world) : m_world(world) {}
    [[nodiscard]] Result<std::unique_ptr<ssh::RemoteHost>> reach(const cluster::Device& device,
                                                                 const std::stop_token&) override
    {
        if (m_world.device == device.name && m_world.action == "reach")
            return tl::unexpected(m_world.error);
        return std::make_unique<PretendedHost>(m_world, device.name);
    }
    [[nodiscard]] Result<std::string> dataAddress(const cluster::Device&) override
    {
        return "127.0.0.1";
    }

private:
    World& m_world;
};

} // namespace

class TestRollout : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("MILLRACE_STATE", m_folder->path().toUtf8());
    }

    void failures_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("step");
        const auto row = [](const char* action, const char* step) {
            QTest::newRow(action) << QString::fromLatin1(action) << QString::fromLatin1(step);
        };
        row("reach", "reach");
        row("facts", "check");
        row("lock", "lock");
        row("sweep", "lock");
        row("have", "upload");
        row("upload", "upload");
        row("place", "upload");
        row("start", "start");
    }
    void failures()
    {
        QFETCH(QString, action);
        QFETCH(QString, step);
        World world;
        world.device = "b";
        world.action = action.toStdString();
        const auto failed = rollOut(world, {}, {});
        QVERIFY(!failed);
        QVERIFY2(failed.error().message.starts_with("b: " + step.toStdString() + ": ") &&
                     failed.error().message.find("on fire") != std::string::npos,
                 failed.error().message.c_str());
        const bool wasLocked = step != QStringLiteral("reach") && step != QStringLiteral("check");
        for (const char* device : {"a", "b", "gate"}) {
            QCOMPARE(world.has(std::string(device) + " unlock"), wasLocked);
            const bool isUndone =
                step == QStringLiteral("upload") || step == QStringLiteral("start");
            QCOMPARE(world.has(std::string(device) + " remove"), isUndone);
        }
        QVERIFY(!world.has("a complete"));
        QVERIFY(abandonedReleases().empty() && localReleases().empty());
    }

    /// What a rollback had started goes; what ran before goes on.
    void failedRollbackStopsWhatItStarted()
    {
        World world;
        world.device = "b";
        world.action = "start";
        world.running = {"gate gateway"};
        const auto failed = bringBack(world);
        QVERIFY(!failed);
        QVERIFY2(failed.error().message.starts_with("b: start: "), failed.error().message.c_str());
        QVERIFY(world.has("a stop stage-1"));
        QVERIFY(!world.has("gate stop") && !world.has("gate stop gateway"));
        for (const char* device : {"a", "b", "gate"}) {
            QVERIFY(!world.has(std::string(device) + " remove")); // it can be gone back to
            QVERIFY(world.has(std::string(device) + " unlock"));
        }
        QVERIFY(!localReleases().empty());
    }

    /// A runner that never serves is ended within the limit, with its name.
    void neverReady()
    {
        World world;
        HostLimits limits;
        limits.start = Seconds{0.3};
        const auto failed = rollOut(world, limits, {});
        QVERIFY(failed.error().code == ErrorCode::Timeout);
        QVERIFY2(failed.error().message.find("stage-2 on b: its log is empty") != std::string::npos,
                 failed.error().message.c_str());
        for (const char* device : {"a", "b", "gate"})
            QVERIFY(world.has(std::string(device) + " remove"));
    }

    void stopped()
    {
        World world;
        std::stop_source source;
        source.request_stop();
        const auto failed = rollOut(world, {}, source.get_token());
        QVERIFY(failed.error().code == ErrorCode::Cancelled);
        QVERIFY(world.done.empty());
    }

    void unfitFacts_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* line, const char* says) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says);
        };
        row("system=Darwin", "the runner needs Linux");
        row("libc=musl", "not glibc");
        row("libc=glibc 2.17", "update the system");
        row("writable=no", "cannot be written to");
        row("disk_free_kib=1000", "make room");
        row("memory_free_kib=10", "its stage needs");
        row("clock=1000", "hours slow");
    }
    void unfitFacts()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const RunnerFiles runner{"", "", "x86_64", 36};
        const Demand demand{Bytes{1 << 20}, Bytes{1 << 20}, 1};
        const auto good = parseFacts(kFacts).value();
        QVERIFY(checkFacts(good, runner, demand, 4e9));
        QVERIFY(good.services == Services::Systemd);
        const auto bad = parseFacts(kFacts + line.toStdString() + "\n").value();
        const auto refused = checkFacts(bad, runner, demand, 4e9);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find(says.toStdString()) != std::string::npos,
                 refused.error().message.c_str());
        QVERIFY(!parseFacts("hello"));
    }

    void portsAreFreeOnes()
    {
        cluster::Device device;
        const auto facts = parseFacts(kFacts).value(); // 0x1CE8 is 7400
        QCOMPARE(choosePorts(device, facts, {7402}, 2).value(),
                 (std::vector<std::uint16_t>{7401, 7403}));
        device.portRange = {7400, 7401};
        QVERIFY(choosePorts(device, facts, {}, 2).error().code == ErrorCode::Network);
    }

private:
    /// Of a release that was replaced.
    Result<Outcome> bringBack(World& world)
    {
        Release release =
            test::smallRelease(m_folder->filePath(QStringLiteral("releases/s")).toStdString());
        release.kind = ReleaseKind::Ssh;
        release.standing = Standing::Replaced;
        if (const auto ok = makeFolder(release); !ok)
            return tl::unexpected(ok.error());
        PretendedAccess access(world);
        test::QuietSteps sink;
        return deploy::bringBack(release, access, {}, {}, sink);
    }
    Result<void> rollOut(World& world, const HostLimits& limits, const std::stop_token& stop)
    {
        test::OnnxBuilder builder;
        const std::string file = m_folder->filePath(QStringLiteral("m.onnx")).toStdString();
        builder.input("x", {1, 4});
        builder.node("Relu", {"x"}, {"a"}).node("Neg", {"a"}, {"b"});
        builder.node("Abs", {"b"}, {"c"}).node("Exp", {"c"}, {"y"}).output("y").save(file);
        NoProgress quiet;
        const auto model = millrace::onnx::load(file, {}, {}, quiet).value();
        Release release =
            test::smallRelease(m_folder->filePath(QStringLiteral("releases/s")).toStdString());
        release.kind = ReleaseKind::Ssh;
        PretendedAccess access(world);
        Rollout rollout(release, access, limits);
        test::QuietSteps sink;
        Steps told(sink);
        Emulation none;
        none.computeFactor = {{StageRef(), 0}, {StageRef{PipelineId(), 1}, 0}};
        return runRecipe(
            {steps::reach(rollout), steps::check(rollout, MILLRACE_BIN "/millrace-stage"),
             steps::lock(rollout), steps::split(rollout, model, none), steps::upload(rollout),
             steps::start(rollout), steps::health(rollout), steps::replace(rollout)},
            {}, stop, told);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestRollout)
#include "tst_rollout.moc"
