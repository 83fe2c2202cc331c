// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/NewRelease.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <fstream>
#include <set>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

constexpr StageRef kFirst{PipelineId(), 0}, kSecond{PipelineId(), 1};

class TestNewRelease : public QObject
{
    Q_OBJECT
private slots:
    void devicesNeedAnAddressOverSshOnly()
    {
        Deployment deployment = small(ReleaseKind::Local);
        QVERIFY(checkDevices(deployment));
        deployment.kind = ReleaseKind::Ssh;
        const auto missing = checkDevices(deployment);
        QVERIFY(!missing && missing.error().code == ErrorCode::InvalidArgument);
        QVERIFY(missing.error().message.starts_with("device a has no address"));
        for (const char* name : {"a", "b"}) // the gateway runs here without one
            device(deployment, name).address = name;
        QVERIFY(checkDevices(deployment));
        deployment.plan.pipelines.clear();
        QVERIFY(!checkDevices(deployment));
    }

    void onlyDevicesThatAskForItAreEmulatedOverSsh()
    {
        Deployment deployment = small(ReleaseKind::Ssh);
        const auto real = emulationOf(deployment);
        QVERIFY2(real, real ? "" : real.error().message.c_str());
        QVERIFY(real->computeFactor == (std::map<StageRef, double>{{kFirst, 0}, {kSecond, 0}}));
        device(deployment, "b").emulate = true;
        const auto one = emulationOf(deployment);
        QVERIFY2(one, one ? "" : one.error().message.c_str());
        QCOMPARE(one->computeFactor.at(kFirst), 0.0);
        QVERIFY(one->computeFactor.at(kSecond) >= 1);
        QCOMPARE(one->dilation, 1.0); // its links are what they are
        deployment.kind = ReleaseKind::Local;
        const auto all = emulationOf(deployment);
        QVERIFY(all && all->computeFactor.at(kFirst) > 0 && all->computeFactor.at(kSecond) > 0);
        deployment.hostTimes.reference.pop_back();
        QVERIFY(!emulationOf(deployment));
    }

    void aLocalReleaseHasItsPortsAtOnce()
    {
        const Deployment deployment = small(ReleaseKind::Local);
        Emulation emulated;
        emulated.dilation = 2;
        emulated.reason = "so few cores";
        const auto release = newRelease(deployment, emulated);
        QVERIFY2(release, release ? "" : release.error().message.c_str());
        std::set<std::uint16_t> ports;
        for (const ReleaseNode& node : release->nodes) {
            QCOMPARE(node.endpoint.address, std::string("127.0.0.1"));
            ports.insert(node.endpoint.port);
        }
        QVERIFY(ports.size() == 3 && !ports.contains(0));
        QCOMPARE(release->dilation, 2.0);
        QCOMPARE(release->dilationReason, std::string("so few cores"));
        QVERIFY(release->owner && release->owner->pid == ::getpid());
        QVERIFY(release->runner == deployment.runner);
    }

    void overSshDevicesSayWhichPortsAreFree()
    {
        Emulation emulated;
        emulated.dilation = 2;
        const auto release = newRelease(small(ReleaseKind::Ssh), emulated);
        QVERIFY2(release, release ? "" : release.error().message.c_str());
        for (const ReleaseNode& node : release->nodes)
            QCOMPARE(node.endpoint.port, std::uint16_t{0});
        QCOMPARE(release->dilation, 1.0);
        QVERIFY(release->owner);
    }

    void withoutARunnerThereIsNoLocalRelease()
    {
        Deployment deployment = small(ReleaseKind::Local);
        deployment.runner = "/nowhere/millrace-stage";
        const auto release = newRelease(deployment, {});
        QVERIFY(!release && release.error().message.find("/nowhere") != std::string::npos);
    }

private:
    static cluster::Device& device(Deployment& deployment, const char* name)
    {
        return deployment.cluster.devices[deployment.cluster.find(name)->index()];
    }
    /// The small release's plan as of a model that is there, and a runner that is a file at least.
    [[nodiscard]] Deployment small(ReleaseKind kind) const
    {
        const std::filesystem::path folder = m_folder.path().toStdString();
        test::writeThreeConvolutions(folder / "m.onnx");
        NoProgress quiet;
        const auto model = millrace::onnx::load(folder / "m.onnx", {}, {}, quiet).value();
        const Release release = test::smallRelease(folder / "small");
        Deployment deployment{model, release.cluster, release.problem, release.plan, {}, kind};
        deployment.plan.record.modelSha256 = model.sha256();
        deployment.hostTimes.source = plan::TimesSource::Measured;
        deployment.hostTimes.reference.assign(release.problem.layers.size(), Seconds{0.001});
        deployment.runner = folder / "millrace-stage";
        std::ofstream(deployment.runner) << "#!";
        return deployment;
    }

    QTemporaryDir m_folder;
};

} // namespace

QTEST_GUILESS_MAIN(TestNewRelease)
#include "tst_new_release.moc"
