// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Pace.h"
#include "runtime/ProcessMemory.h"
#include "runtime/gateway/AnswerLog.h"
#include "runtime/stage/BufferPool.h"
#include "runtime/stage/StageCounters.h"

#include <QTest>

#include <chrono>
#include <thread>

namespace millrace::runtime
{
namespace
{

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::vector<inference::NamedTensor> tensorOf(std::size_t bytes)
{
    inference::NamedTensor tensor;
    tensor.tensor.data.resize(bytes);
    return {tensor};
}

NodeConfig paced(double bitsPerSecond, Seconds occupancy)
{
    NodeConfig node;
    node.pace = PaceConfig{BitsPerSecond{bitsPerSecond}, occupancy};
    return node;
}

} // namespace

/// What stage and gateway count, and how an emulated link takes its time.
class TestFigures : public QObject
{
    Q_OBJECT
private slots:
    void throughputIsBetweenAnswers()
    {
        AnswerLog log;
        const Clock::time_point start{};
        log.add(start, Seconds{1});
        QCOMPARE(log.throughput(start), 0.0); // one answer has no pace
        for (int i = 1; i <= 10; ++i)
            log.add(start + i * 500ms, Seconds{1});
        QCOMPARE(log.throughput(start + 5s), 2.0);
        QCOMPARE(log.throughput(start + 6s), 2.0); // two beats late is no standstill
    }

    void throughputFadesAtAStandstill()
    {
        AnswerLog log;
        const Clock::time_point start{};
        for (int i = 0; i <= 10; ++i)
            log.add(start + i * 100ms, Seconds{1});
        QCOMPARE(log.throughput(start + 1s), 10.0);
        QVERIFY(log.throughput(start + 5s) < 3);
        QCOMPARE(log.throughput(start + 12s), 0.0);
    }

    void latencyIsOfTheLastMinute()
    {
        AnswerLog log;
        const Clock::time_point start{};
        log.add(start, Seconds{100});
        log.add(start + 30s, Seconds{1});
        QCOMPARE(log.latency().max, 100.0);
        log.add(start + 61s, Seconds{1});
        QCOMPARE(log.latency().count, std::uint64_t{2});
        QCOMPARE(log.latency().max, 1.0);
        log.reset();
        QCOMPARE(log.latency().count, std::uint64_t{0});
    }

    void countersBeginAnewButNotThoseOfTrouble()
    {
        StageCounters counters;
        counters.change([](auto& counts) {
            counts.plain.received = 5;
            counts.plain.refusedFrames = 2;
            counts.plain.lastRefusal = "no tensor";
            counts.compute.record(Seconds{0.5});
        });
        QCOMPARE(counters.metrics().received, std::uint64_t{5});
        QCOMPARE(counters.metrics().compute.count, std::uint64_t{1});
        counters.reset();
        const StageMetrics after = counters.metrics();
        QCOMPARE(after.received, std::uint64_t{0});
        QCOMPARE(after.compute.count, std::uint64_t{0});
        QCOMPARE(after.refusedFrames, std::uint64_t{2});
        QVERIFY(after.lastRefusal == "no tensor");
    }

    void memoryIsOfThisProcess()
    {
        const ProcessMemory before = processMemory();
        QVERIFY(before.now.value > 0 && before.peak >= before.now);
        const std::vector<char> block(64 << 20, 'x');
        QVERIFY(processMemory().peak.value >= before.now.value + (32 << 20));
        QCOMPARE(block.back(), 'x');
    }

    void theSmallestBufferThatSufficesIsUsedAgain()
    {
        BufferPool pool;
        QVERIFY(pool.take(10).empty());
        for (const std::size_t size : {100U, 10U, 50U}) {
            auto tensors = tensorOf(size);
            pool.give(tensors);
        }
        QCOMPARE(pool.take(20).size(), std::size_t{50});
        QCOMPARE(pool.take(20).size(), std::size_t{100});
        QVERIFY(pool.take(20).empty());
        QCOMPARE(pool.take(10).size(), std::size_t{10});
    }

    void thePoolIsBounded()
    {
        BufferPool pool;
        for (int i = 0; i < 100; ++i) {
            auto tensors = tensorOf(8);
            pool.give(tensors);
        }
        int kept = 0;
        while (!pool.take(8).empty())
            ++kept;
        QCOMPARE(kept, 16);
    }

    void aLinkTakesItsTime()
    {
        const PaceConfig pace{BitsPerSecond{8e6}, Seconds{0.5}};
        QVERIFY(linkTime(pace, 1'000'000, 1) == 1500ms);
        QVERIFY(linkTime(pace, 1'000'000, 2) == 3000ms);
        QVERIFY(linkTime(pace, 0, 1) == 500ms);
    }

    void chunksAreAQuarterOfASecondAtMost()
    {
        QCOMPARE(Pace(paced(8000, {})).chunk(), std::size_t{250});
        QCOMPARE(Pace(paced(1, {})).chunk(), std::size_t{64});
        QCOMPARE(Pace(paced(1e12, {})).chunk(), std::size_t{64 * 1024});
    }

    void chunksWaitForTheLink()
    {
        Pace pace(paced(8e6, {}));
        const auto begun = Clock::now();
        pace.begin();
        for (int i = 0; i < 5; ++i)
            QVERIFY(pace.waitFor(20'000, {}));
        QVERIFY(Clock::now() - begun >= 100ms);
    }

    void sleepIsStopped()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto slept = sleepUntil(Clock::now() + 1h, stop.get_token());
        QVERIFY(slept.error().code == ErrorCode::Cancelled);
        QVERIFY(sleepUntil(Clock::now() - 1h, {}));
    }

    void lateDeadlinesAreCounted()
    {
        DeadlineCount count;
        count.count(Clock::now() + 1h, {});
        count.count(Clock::now() - 1h, Seconds{1});
        count.count(Clock::now() - 1s, Seconds{3600});
        QCOMPARE(count.all, std::uint64_t{3});
        QCOMPARE(count.late, std::uint64_t{1});
    }

    void buffersAreSmallWithinBounds()
    {
        const auto size = [](double bits) {
            return buffersFor(PaceConfig{BitsPerSecond{bits}, {}}, 1).bytes;
        };
        QCOMPARE(buffersFor(std::nullopt, 1).bytes, 0);
        QCOMPARE(size(1e3), 128 * 1024);
        QCOMPARE(size(8e8), 1'000'000);
        QCOMPARE(size(1e12), 4 * 1024 * 1024);
    }
};

} // namespace millrace::runtime

QTEST_APPLESS_MAIN(millrace::runtime::TestFigures)
#include "tst_figures.moc"
