// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/DeviceTest.h"
#include "deploy/ReleaseIndex.h"

#include <QTest>

#include <set>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

/// Nobody is reached, each for the reason that belongs to it.
class Nowhere final : public HostAccess
{
public:
    [[nodiscard]] Result<std::unique_ptr<ssh::RemoteHost>> reach(const cluster::Device& device,
                                                                 const std::stop_token&) override
    {
        if (device.name == "a")
            return fail(ErrorCode::HostKeyMismatch, "another key");
        if (device.name == "b")
            return fail(ErrorCode::AuthFailed, "no key of ours");
        return fail(ErrorCode::Network, "nobody there");
    }
    [[nodiscard]] Result<std::string> dataAddress(const cluster::Device& device) override
    {
        return device.address.value_or("");
    }
};

Release remote()
{
    Release release = test::smallRelease("/tmp/releases/small");
    release.kind = ReleaseKind::Ssh;
    for (cluster::Device& device : release.cluster.devices)
        device.address = device.name + ".local";
    return release;
}

DeviceTests testsOf(const Release& release)
{
    return {release.cluster, release.problem, release.plan, {}, {}};
}

class TestDeviceTest : public QObject
{
    Q_OBJECT
private slots:
    void aGatewayOutsideTheClusterIsThisComputer()
    {
        const Release release = remote();
        QCOMPARE(deviceNamed(release.cluster, "a").address.value_or(""), std::string("a.local"));
        const cluster::Device here = deviceNamed(release.cluster, "desk");
        QCOMPARE(here.name, std::string("desk"));
        QVERIFY(!here.address && !here.stages);
    }

    void filesAreKeptInTheHomeFolderOrInTheState()
    {
        const Release release = remote();
        const ReleaseNode& node = release.nodes.front();
        QCOMPARE(folderOn(release, node), std::string(".millrace"));
        QCOMPARE(folderOn(deviceNamed(release.cluster, "desk")),
                 (stateFolder() / "nodes").string());
        Release local = release;
        local.kind = ReleaseKind::Local;
        QVERIFY(!deviceOf(local, node).address);
        QCOMPARE(folderOn(local, node), stateFolder().string());
    }

    void devicesAreNamedOnceStagesFirst()
    {
        Release release = remote();
        release.cluster.gateway->device = "b";
        std::vector<std::string> names;
        for (const cluster::Device& device : devicesOf(release.cluster, release.plan))
            names.push_back(device.name);
        QVERIFY(names == (std::vector<std::string>{"a", "b"}));
    }

    void aDeviceBearsAllOfItsNodes()
    {
        const Release release = remote();
        const plan::Stage& first = release.plan.pipelines.front().stages.front();
        const Demand a = demandOn("a", release.nodes, release.problem, release.plan);
        QVERIFY(a.memory == first.memory && a.disk == Bytes{2000} && a.ports == 1);
        const Demand gate = demandOn("gate", release.nodes, release.problem, release.plan);
        QVERIFY(gate.memory == Bytes{} && gate.disk == Bytes{} && gate.ports == 1);
        std::vector<ReleaseNode> nodes = release.nodes;
        for (ReleaseNode& node : nodes)
            node.device = "a";
        QCOMPARE(demandOn("a", nodes, release.problem, release.plan).ports, 3);
        QCOMPARE(demandOn("b", nodes, release.problem, release.plan).ports, 0);
    }

    void everyDeviceHasItsOwnTrouble()
    {
        std::map<std::string, Aspect> troubles;
        Nowhere access;
        const auto tested = testDevices(testsOf(remote()), access, {}, [&](const DeviceTest& test) {
            QCOMPARE(test.found.faults.size(), 1U);
            troubles[test.device.name] = test.found.faults.front().aspect;
        });
        QVERIFY(tested);
        QVERIFY(troubles == (std::map<std::string, Aspect>{{"a", Aspect::HostKey},
                                                           {"b", Aspect::Login},
                                                           {"gate", Aspect::Reach}}));
    }

    void onlyTheGatewayMayDoWithoutAnAddress()
    {
        Release release = remote();
        for (const char* name : {"gate", "b"})
            release.cluster.devices[release.cluster.find(name)->index()].address.reset();
        std::set<std::string> names;
        Nowhere access;
        QVERIFY(testDevices(testsOf(release), access, {},
                            [&](const DeviceTest& test) { names.insert(test.device.name); }));
        QVERIFY(names == (std::set<std::string>{"a", "gate"}));
    }

    void nothingIsToldOnceStopped()
    {
        std::stop_source stop;
        stop.request_stop();
        int told = 0;
        Nowhere access;
        const auto tested = testDevices(testsOf(remote()), access, stop.get_token(),
                                        [&told](const DeviceTest&) { ++told; });
        QVERIFY(!tested && tested.error().code == ErrorCode::Cancelled);
        QCOMPARE(told, 0);
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestDeviceTest)
#include "tst_device_test.moc"
