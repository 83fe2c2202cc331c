// SPDX-License-Identifier: GPL-3.0-or-later
// What the search tells of how it goes about a problem.
#include "../bench/PlannerFamilies.h"
#include "Solved.h"
#include "plan/search/Trace.h"

#include <QTest>

#include <set>

using namespace millrace;
using namespace millrace::plan;

namespace
{

class Recorder final : public PlanSink
{
public:
    void improved(const Solution*, Seconds) override {}
    void traced(const TraceEvent& event) override { events.push_back(event); }
    std::vector<TraceEvent> events;
};

std::vector<TraceEvent> traceOf(const Problem& problem, const SolveOptions& options = {})
{
    Recorder recorder;
    (void)solve(problem, options, {}, recorder).value();
    return recorder.events;
}

std::set<std::string_view> phasesOf(const std::vector<TraceEvent>& events)
{
    std::set<std::string_view> phases;
    for (const TraceEvent& event : events)
        phases.insert(name(event.phase));
    return phases;
}

} // namespace

class TestTrace : public QObject
{
    Q_OBJECT
private slots:
    void boundRisesAndPlansFallUntilTheyMeet()
    {
        const Problem problem = test::hardProblem();
        Recorder recorder;
        const Solution plan = solve(problem, {}, {}, recorder).value().solution;
        QCOMPARE(plan.status, Status::Optimal);
        QVERIFY(recorder.events.size() > 5);
        TraceEvent before;
        for (const TraceEvent& event : recorder.events) {
            QVERIFY(event.lowerBound >= before.lowerBound);
            QVERIFY(event.incumbent.value <= before.incumbent.value * (1 + 1e-9));
            QVERIFY(event.steps >= before.steps);
            QVERIFY(event.threshold.value >= 0);
            before = event;
        }
        QCOMPARE(before.incumbent.value, plan.bottleneckTime.value);
        QVERIFY(before.lowerBound.value >= plan.bottleneckTime.value * (1 - 1e-8));
    }

    void beginsWithTheBoundAndEndsWithTies()
    {
        const std::vector<TraceEvent> events = traceOf(test::hardProblem());
        QCOMPARE(events.front().phase, Phase::Start);
        QCOMPARE(events.front().source, Source::Bound);
        QCOMPARE(events.front().incumbent, kNever);
        QCOMPARE(events.back().phase, Phase::Settle);
        const std::set<std::string_view> phases = phasesOf(events);
        for (const char* phase : {"start", "climb", "first_plan", "prove", "settle"})
            QVERIFY2(phases.contains(phase), phase);
    }

    void saysWhoFoundAPlan()
    {
        std::set<Source> finders;
        Seconds best = kNever;
        for (const TraceEvent& event : traceOf(test::hardProblem())) {
            if (event.incumbent < best && event.phase != Phase::Settle)
                finders.insert(event.verdict == Verdict::Found ? event.source : Source::Bound);
            best = event.incumbent;
        }
        QVERIFY(!finders.empty());
        QVERIFY(!finders.contains(Source::Bound)); // a plan that came with another answer
    }

    void seesDives()
    {
        const bench::Family family{"50 devices", 50, 200, bench::Bound::Compute, false};
        SolveOptions options;
        options.stepLimit = 1500000;
        options.timeLimit = Seconds{60};
        const std::set<std::string_view> phases =
            phasesOf(traceOf(bench::instance(family, 9011), options));
        QVERIFY(phases.contains("dive"));
        QVERIFY(phases.contains("halve"));
    }

    void aWarmStartIsTheFirstSource()
    {
        const Problem problem = test::hardProblem();
        SolveOptions options;
        options.warmStart = test::solvedToGoOn(problem);
        const std::vector<TraceEvent> events = traceOf(problem, options);
        QCOMPARE(events.front().source, Source::WarmStart);
        QCOMPARE(events.front().verdict, Verdict::Found);
        QCOMPARE(events.front().incumbent, options.warmStart->solution.bottleneckTime);
        QVERIFY(!phasesOf(events).contains("first_plan"));
    }

    void sameProblemSameTrace()
    {
        const auto first = traceOf(test::hardProblem());
        const auto again = traceOf(test::hardProblem());
        QCOMPARE(again.size(), first.size());
        for (std::size_t i = 0; i < first.size(); ++i)
            QVERIFY2(first[i] == again[i], std::to_string(i).c_str());
    }

    void namesDiffer()
    {
        std::set<std::string_view> names;
        for (const Phase phase : {Phase::Start, Phase::Climb, Phase::FirstPlan, Phase::Halve,
                                  Phase::Dive, Phase::Prove, Phase::Settle})
            names.insert(name(phase));
        QCOMPARE(names.size(), std::size_t{7});
        names.clear();
        for (const Source source : {Source::WarmStart, Source::Bound, Source::Prices,
                                    Source::Labels, Source::Conflicts, Source::Dive, Source::Ties})
            names.insert(name(source));
        QCOMPARE(names.size(), std::size_t{7});
        names.clear();
        for (const Verdict verdict : {Verdict::Found, Verdict::Refuted, Verdict::Unknown})
            names.insert(name(verdict));
        QCOMPARE(names.size(), std::size_t{3});
    }
};

QTEST_APPLESS_MAIN(TestTrace)
#include "tst_trace.moc"
