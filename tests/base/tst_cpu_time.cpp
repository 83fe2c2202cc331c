// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/CpuTime.h"

#include <QTest>

#include <chrono>
#include <thread>

using namespace millrace;

namespace
{

constexpr Seconds kWork{0.1};

/// Until this thread has used that much more; the wall time that it took.
Seconds compute(Seconds work)
{
    const auto begun = std::chrono::steady_clock::now();
    const Seconds end = threadCpuTime() + work;
    while (threadCpuTime() < end) {
    }
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()};
}

} // namespace

class TestCpuTime : public QObject
{
    Q_OBJECT
private slots:
    void computingCounts()
    {
        const Seconds before = threadCpuTime();
        const Seconds wall = compute(kWork);
        const Seconds used = threadCpuTime() - before;
        QVERIFY(used >= kWork);
        QVERIFY(used.value <= wall.value + 0.01); // one thread has one core
    }

    void waitingDoesNot()
    {
        const Seconds before = threadCpuTime();
        std::this_thread::sleep_for(std::chrono::duration<double>(2 * kWork.value));
        QVERIFY(threadCpuTime() - before < kWork);
    }

    void otherThreadsDoNot()
    {
        const Seconds before = threadCpuTime();
        Seconds there;
        std::thread([&there] {
            compute(Seconds{2 * kWork.value});
            there = threadCpuTime();
        }).join();
        QVERIFY(there.value >= 2 * kWork.value);
        QVERIFY(threadCpuTime() - before < kWork);
    }
};

QTEST_APPLESS_MAIN(TestCpuTime)
#include "tst_cpu_time.moc"
