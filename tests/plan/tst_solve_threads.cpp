// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does with a solve: watch it from another thread, cancel it, start a newer one
// before the older one has ended. Of use under ThreadSanitizer above all (preset tsan).
#include "RandomProblem.h"
#include "plan/Checker.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

using namespace millrace;
using namespace millrace::plan;

namespace
{

/// Passes snapshots on to whoever looks, as the window's watcher does.
class Snapshots final : public PlanSink
{
public:
    void improved(const Solution* incumbent, Seconds lowerBound) override
    {
        auto copy = incumbent == nullptr ? nullptr : std::make_shared<const Solution>(*incumbent);
        const std::lock_guard lock(m_mutex);
        m_plan = std::move(copy);
        m_bound = lowerBound;
        ++m_count;
    }
    std::shared_ptr<const Solution> plan() const
    {
        const std::lock_guard lock(m_mutex);
        return m_plan;
    }
    Seconds bound() const
    {
        const std::lock_guard lock(m_mutex);
        return m_bound;
    }
    int count() const
    {
        const std::lock_guard lock(m_mutex);
        return m_count;
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const Solution> m_plan;
    Seconds m_bound;
    int m_count = 0;
};

Problem problem(std::uint64_t seed)
{
    test::Rules rules;
    rules.links = rules.classes = rules.gateway = true;
    return test::randomProblem(seed, rules, 30, 8);
}

} // namespace

class TestSolveThreads : public QObject
{
    Q_OBJECT
private slots:
    void observed()
    {
        const Problem shared = problem(3);
        Snapshots snapshots;
        std::atomic<bool> done = false;
        std::optional<Solution> plan;
        std::jthread solving([&] {
            plan = solve(shared, {}, {}, snapshots).value().solution;
            done = true;
        });
        Seconds bound;
        while (!done) {
            const auto seen = snapshots.plan();
            QVERIFY(snapshots.bound() >= bound);
            bound = snapshots.bound();
            if (seen != nullptr)
                QVERIFY(seen->hasStages());
            std::this_thread::yield();
        }
        solving.join();
        QVERIFY(snapshots.count() > 0);
        QVERIFY(check(shared, *plan).empty());
    }

    void cancelled()
    {
        const Problem shared = problem(5);
        for (int spins = 0; spins < 30; ++spins) {
            std::stop_source source;
            Snapshots snapshots;
            std::optional<Solution> plan;
            std::jthread solving(
                [&] { plan = solve(shared, {}, source.get_token(), snapshots).value().solution; });
            for (int i = 0; i < spins * 50; ++i)
                std::this_thread::yield();
            source.request_stop();
            solving.join();
            QVERIFY(check(shared, *plan).empty());
        }
    }

    /// Each newer solve of the same shared problem starts from what the older one showed last.
    void superseded()
    {
        const auto shared = std::make_shared<const Problem>(problem(7));
        Snapshots snapshots;
        std::vector<std::jthread> threads;
        std::vector<std::optional<Solution>> plans(12);
        std::stop_source older;
        for (std::optional<Solution>& plan : plans) {
            older.request_stop();
            older = std::stop_source();
            SolveOptions options;
            if (const auto seen = snapshots.plan())
                options.warmStart = Solved{*seen, {}};
            threads.emplace_back([shared, options, &plan, &snapshots, token = older.get_token()] {
                plan = solve(*shared, options, token, snapshots).value().solution;
            });
            std::this_thread::yield();
        }
        threads.clear(); // waits
        for (const std::optional<Solution>& plan : plans)
            QVERIFY(check(*shared, *plan).empty());
        QVERIFY(plans.back()->status == Status::Optimal ||
                plans.back()->status == Status::Infeasible);
    }
};

QTEST_APPLESS_MAIN(TestSolveThreads)
#include "tst_solve_threads.moc"
