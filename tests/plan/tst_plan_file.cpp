// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"
#include "plan/search/Solve.h"
#include "support/JsonEdit.h"
#include "support/ShowString.h"

#include <QTest>

#include <limits>

using namespace millrace;
using namespace millrace::plan;

namespace
{

const std::vector<std::string> kNames = {"gw", "p", "q", "r"};

/// Every optional field is used.
Plan complete()
{
    Plan plan = test::examplePlan(test::exampleProblem());
    plan.record.modelSha256 = std::string(64, 'a');
    plan.record.dims = {{"batch", 1}, {"height", 736}};
    plan.record.times = TimesSource::Measured;
    plan.notes = {"only one order was searched", ""};
    plan.solver = {"exact", {0.25}, {0.125}, SearchSpace::Linear};
    return plan;
}

const std::vector<test::JsonEdit>& edits()
{
    static const std::vector<test::JsonEdit> kEdits = {
        {"another tag", "/format", "\"millrace-problem/1\"",
         "format: \"millrace-plan/1\" is needed; this file is of another kind or version"},
        {"unknown key", "/bottlenecks", "1",
         "unknown key \"bottlenecks\"; allowed are: format, status, model, times, bottleneck_s, "
         "lower_bound_s, gap, throughput_per_s, end_to_end_s, single_device_s, stages, hops, "
         "bottleneck, why_infeasible, notes, solver, sensitivity"},
        {"unknown key of a stage", "/stages/0/speed", "1",
         "stages[0]: unknown key \"speed\"; allowed are: device, layers, memory_bytes, compute_s"},
        {"unknown key of a hop", "/hops/0/delay", "1",
         "hops[0]: unknown key \"delay\"; allowed are: from, to, bytes, seconds"},
        {"unknown key of the model", "/model/name", "1",
         "model: unknown key \"name\"; allowed are: sha256, dims"},
        {"unknown status", "/status", "\"good\"",
         "status: must be one of optimal, feasible, infeasible, timeout, cancelled"},
        {"no status", "/status", nullptr, "\"status\" is missing"},
        {"unknown times", "/times", "\"guessed\"", "times: must be one of measured, estimated"},
        {"hash is a number", "/model/sha256", "12", "model.sha256: a text is needed, not 12"},
        {"dims are a list", "/model/dims", "[]", "model.dims: an object of name: size is needed"},
        {"dim is negative", "/model/dims/batch", "-1",
         "model.dims.batch: a whole number >= 0 is needed, not -1"},
        {"bottleneck negative", "/bottleneck_s", "-1",
         "bottleneck_s: a number >= 0 is needed, not -1"},
        {"bottleneck is a text", "/bottleneck_s", "\"fast\"",
         "bottleneck_s: a number >= 0 is needed, not \"fast\""},
        {"gap altered", "/gap", "0.5",
         "gap: 0.5 does not fit bottleneck_s and lower_bound_s, which give 0.96"},
        {"gap left out", "/gap", nullptr, "\"gap\" is missing"},
        {"gap is null", "/gap", "null", "gap: a number >= 0 is needed, not null"},
        {"throughput altered", "/throughput_per_s", "0.081",
         "throughput_per_s: 0.081 does not fit bottleneck_s and lower_bound_s, which give 0.08"},
        {"stages are an object", "/stages", "{}", "stages: a list is needed, not an object"},
        {"stage without a device", "/stages/1/device", nullptr, "stages[1]: \"device\" is missing"},
        {"stage on null", "/stages/1/device", "null", "stages[1]: a stage needs a device"},
        {"stage on an unknown device", "/stages/1/device", "\"s\"",
         "stages[1].device: there is no device \"s\"; the plan is of another cluster"},
        {"layer negative", "/stages/0/layers", "[-1]",
         "stages[0].layers[0]: a whole number from 0 to 2147483647 is needed, not -1"},
        {"layer beyond 32 bits", "/stages/0/layers", "[0, 4294967296]",
         "stages[0].layers[1]: a whole number from 0 to 2147483647 is needed, not 4294967296"},
        {"layer is a name", "/stages/0/layers", "[\"conv1\"]",
         "stages[0].layers[0]: a whole number from 0 to 2147483647 is needed, not \"conv1\""},
        {"memory beyond 64 bits", "/stages/0/memory_bytes", "9223372036854775808",
         "stages[0].memory_bytes: a whole number >= 0 is needed, not 9223372036854775808"},
        {"hop from an unknown device", "/hops/1/from", "\"s\"",
         "hops[1].from: there is no device \"s\"; the plan is of another cluster"},
        {"hop without bytes", "/hops/1/bytes", nullptr, "hops[1]: \"bytes\" is missing"},
        {"hop too many", "/hops/-", R"({"from": null, "to": null, "bytes": 0, "seconds": 0})",
         "3 stages need 4 hops, there are 5"},
        {"hops left out", "/hops", nullptr, "\"hops\" is missing"},
        {"bottleneck of no kind", "/bottleneck/kind", "\"disk\"",
         "bottleneck.kind: must be one of compute, transfer, stage"},
        {"bottleneck index negative", "/bottleneck/index", "-1",
         "bottleneck.index: a whole number from 0 to 2147483647 is needed, not -1"},
        {"note is a number", "/notes/0", "3", "notes[0]: a text is needed, not 3"},
        {"reasons are a text", "/why_infeasible", "\"no\"",
         "why_infeasible: a list is needed, not \"no\""},
        {"unknown search space", "/solver/search_space", "\"all\"",
         "solver.search_space: must be one of convex, linear"},
    };
    return kEdits;
}

std::string errorOf(std::string_view text)
{
    const auto plan = parsePlan(text, "file.json", kNames);
    return plan ? "no error" : plan.error().message;
}

} // namespace

class TestPlanFile : public QObject
{
    Q_OBJECT
private slots:
    void roundTrip_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("optimal") << static_cast<int>(Status::Optimal);
        QTest::newRow("feasible") << static_cast<int>(Status::Feasible);
        QTest::newRow("timeout") << static_cast<int>(Status::Timeout);
        QTest::newRow("cancelled") << static_cast<int>(Status::Cancelled);
    }
    void roundTrip()
    {
        QFETCH(int, status);
        Plan plan = complete();
        plan.status = static_cast<Status>(status);
        for (const BottleneckKind kind :
             {BottleneckKind::Compute, BottleneckKind::Transfer, BottleneckKind::Stage}) {
            plan.pipelines.front().bottleneck = {kind, 2};
            const std::string text = writePlan(plan, kNames);
            QCOMPARE(errorOf(text), std::string("no error"));
            QVERIFY(parsePlan(text, "file.json", kNames).value() == plan);
        }
    }

    void roundTripOfWhatMayBeMissing()
    {
        Plan plan = complete();
        plan.record.modelSha256.clear();
        plan.record.dims.clear();
        plan.record.times.reset();
        plan.singleDevice.reset();
        plan.pipelines.front().hops.front().from.reset();
        plan.pipelines.front().hops.back().to.reset();
        const std::string text = writePlan(plan, kNames);
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY(parsePlan(text, "file.json", kNames).value() == plan);
    }

    void roundTripAtBottleneckZero()
    {
        Plan plan = complete();
        plan.bottleneckTime = plan.lowerBound = {};
        QVERIFY(Json::parse(writePlan(plan, kNames)).at("throughput_per_s").is_null());
        QCOMPARE(errorOf(writePlan(plan, kNames)), std::string("no error"));
    }

    void infeasibleIsWrittenWithNulls()
    {
        Plan plan;
        plan.status = Status::Infeasible;
        plan.whyInfeasible = {"layer conv5 needs 98 MiB; the largest device has 64 MiB"};
        const Json json = Json::parse(writePlan(plan, kNames));
        for (const char* key : {"bottleneck_s", "lower_bound_s", "gap", "throughput_per_s",
                                "end_to_end_s", "single_device_s", "bottleneck", "model", "times"})
            QVERIFY2(json.at(key).is_null(), key);
        QVERIFY(json.at("stages").empty() && json.at("hops").empty());
        QVERIFY(parsePlan(json.dump(), "file.json", kNames).value() == plan);
    }

    void writesTextThatIsNoText()
    {
        Plan plan = complete();
        plan.notes = {"layer conv\xff"};
        QCOMPARE(errorOf(writePlan(plan, kNames)), std::string("no error"));
    }

    void refusesFields_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < edits().size(); ++i)
            QTest::newRow(edits()[i].name) << static_cast<int>(i);
    }
    void refusesFields()
    {
        QFETCH(int, index);
        const test::JsonEdit& edit = edits()[static_cast<std::size_t>(index)];
        QCOMPARE(errorOf(test::edited(writePlan(complete(), kNames), edit)),
                 std::string("file.json: ") + edit.message);
    }

    void outline()
    {
        const auto outline = parsePlanOutline(writePlan(complete(), kNames), "file.json");
        QVERIFY2(outline, outline ? "" : outline.error().message.c_str());
        QCOMPARE(outline->record.modelSha256, std::string(64, 'a'));
        QVERIFY(outline->record.dims == complete().record.dims);
        const std::vector<std::vector<LayerId>> stages = {
            {LayerId(0), LayerId(1)}, {LayerId(2)}, {LayerId(3)}};
        QVERIFY(outline->stages == stages);
        QCOMPARE(parsePlanOutline(writePlan(Plan{}, kNames), "file.json").error().message,
                 std::string("file.json: the plan has no stages; nothing can be split"));
        QCOMPARE(parsePlanOutline("[1]", "file.json").error().message,
                 std::string("file.json: an object is needed, not a list"));
    }
};

QTEST_APPLESS_MAIN(TestPlanFile)
#include "tst_plan_file.moc"
