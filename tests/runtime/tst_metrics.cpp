// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Metrics.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

/// Two pipelines, of two stages and of one; devices are called by their place.
LiveStatus twoPipelines()
{
    LiveStatus status;
    for (const int stages : {2, 1}) {
        PipelineStatus& pipeline = status.pipelines.emplace_back();
        const std::string name = std::to_string(status.pipelines.size());
        for (int k = 0; k < stages; ++k)
            pipeline.stages.push_back({name + "." + std::to_string(k + 1), true, 0, {}});
        for (int k = 0; k <= stages; ++k)
            pipeline.hops.push_back({name, std::to_string(k), 0, 0, {}});
    }
    return status;
}

} // namespace

class TestMetrics : public QObject
{
    Q_OBJECT
private slots:
    void stagesAreFoundByPipelineAndPlace()
    {
        const LiveStatus status = twoPipelines();
        QCOMPARE(status.find(StageRef{PipelineId(0), 1})->device, std::string("1.2"));
        QCOMPARE(status.find(StageRef{PipelineId(1), 0})->device, std::string("2.1"));
        QCOMPARE(status.find(HopRef{PipelineId(1), 1})->to, std::string("1"));
        QCOMPARE(status.find(HopRef{PipelineId(0), 2})->from, std::string("1"));
    }

    // A gateway may tell of fewer than the plan has, and a hop before the first has no stage.
    void whatIsNotThereIsNull()
    {
        const LiveStatus status = twoPipelines();
        QVERIFY(status.find(StageRef{PipelineId(1), 1}) == nullptr);
        QVERIFY(status.find(StageRef{PipelineId(0), -1}) == nullptr);
        QVERIFY(status.find(StageRef{PipelineId(2), 0}) == nullptr);
        QVERIFY(status.find(StageRef{PipelineId(-1), 0}) == nullptr);
        QVERIFY(status.find(HopRef{PipelineId(0), 3}) == nullptr);
        QVERIFY(LiveStatus().find(HopRef{}) == nullptr);
    }

    void allStandPipelineAfterPipeline()
    {
        const LiveStatus status = twoPipelines();
        std::string devices, hops;
        for (const StageStatus* stage : status.stages())
            devices += stage->device + " ";
        for (const HopStatus* hop : status.hops())
            hops += hop->from + ">" + hop->to + " ";
        QCOMPARE(devices, std::string("1.1 1.2 2.1 "));
        QCOMPARE(hops, std::string("1>0 1>1 1>2 2>0 2>1 "));
        QVERIFY(LiveStatus().stages().empty());
    }
};

} // namespace millrace::runtime

QTEST_APPLESS_MAIN(millrace::runtime::TestMetrics)
#include "tst_metrics.moc"
