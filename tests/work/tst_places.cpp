// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/SmallStatus.h"
#include "work/Places.h"
#include "work/ReleaseState.h"

#include <QTest>

#include <algorithm>

using namespace millrace;
using namespace millrace::work;

namespace
{

constexpr std::int32_t kLast = 1;

/// The small release with a second pipeline of one stage on the device "c", and the gateway first.
deploy::Release twoPipelines()
{
    deploy::Release release = test::watchedRelease();
    plan::Pipeline second;
    second.stages = {{DeviceId(2), {LayerId(0)}, {}, {}}};
    second.hops.resize(2);
    release.plan.pipelines.push_back(second);
    const StageRef stage{PipelineId(1), 0};
    release.nodes.push_back({deploy::nodeName(stage), "c", {"127.0.0.1", 7404}, {}, {}, stage});
    std::rotate(release.nodes.begin(), release.nodes.begin() + 2, release.nodes.end());
    return release;
}

std::pair<std::string, std::string> devicesOf(const deploy::Release& release, int pipeline, int hop)
{
    const HopEnds ends = endsOf(release, {PipelineId(pipeline), hop});
    return {deviceOf(ends.from), deviceOf(ends.to)};
}

class TestPlaces : public QObject
{
    Q_OBJECT
private slots:
    void everyPipelineBeginsAndEndsAtTheGateway()
    {
        const deploy::Release release = twoPipelines();
        using Pair = std::pair<std::string, std::string>;
        QVERIFY(devicesOf(release, 0, 0) == Pair("gate", "a"));
        QVERIFY(devicesOf(release, 0, 1) == Pair("a", "b"));
        QVERIFY(devicesOf(release, 0, 2) == Pair("b", "gate"));
        QVERIFY(devicesOf(release, 1, 0) == Pair("gate", "c"));
        QVERIFY(devicesOf(release, 1, kLast) == Pair("c", "gate"));
    }

    void whatIsNotThereHasNoDevice()
    {
        deploy::Release release = twoPipelines();
        release.nodes.clear();
        const HopEnds ends = endsOf(release, {});
        QVERIFY(ends.from == nullptr && ends.to == nullptr);
        QCOMPARE(deviceOf(nullptr), std::string("-"));
    }

    void theStateIsOfTheNodesWhereverTheyStand()
    {
        const deploy::Release release = twoPipelines();
        runtime::LiveStatus live = test::liveStatus(60, 90);
        live.pipelines.resize(2);
        live.pipelines[1].stages.resize(1); // it is not up
        const auto known =
            releaseState(release, live, [](const deploy::ReleaseNode&) { return true; });
        for (std::size_t n = 0; n < release.nodes.size(); ++n)
            QCOMPARE(known.nodes[n].isUp, release.nodes[n].device != "c");
        QVERIFY(known.state == State::Interrupted);
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestPlaces)
#include "tst_places.moc"
