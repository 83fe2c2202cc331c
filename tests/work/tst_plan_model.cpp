// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "plan/Checker.h"
#include "support/OnnxBuilder.h"
#include "work/DeployPlanned.h"
#include "work/OpenPlan.h"
#include "work/PlanModel.h"

#include <QTemporaryDir>
#include <QTest>

using namespace millrace;
using namespace millrace::work;

namespace
{

constexpr const char* kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 1 GiB}
  - {name: b, memory: 1 GiB}
links:
  default: {bandwidth: 1 Gbit/s, delay: 1 ms}
gateway: {device: gate}
)";

/// A model with a free dimension in a folder of its own.
struct Fixture {
    Fixture()
    {
        test::OnnxBuilder builder;
        builder.input("x", {"batch", 3, 8, 8}).weight("w", {4, 3, 3, 3}).weight("v", {4, 4, 3, 3});
        builder.node("Conv", {"x", "w"}, {"a"}).node("Relu", {"a"}, {"b"});
        builder.node("Conv", {"b", "v"}, {"c"}).node("Relu", {"c"}, {"y"});
        builder.output("y").save(path("model.onnx"));
        builder.node("Relu", {"y"}, {"z"}).output("z").save(path("other.onnx"));
    }
    [[nodiscard]] std::filesystem::path path(const char* name) const
    {
        return folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] Result<millrace::onnx::Model> model(std::int64_t batch,
                                                      const char* name = "model.onnx")
    {
        return openModel({path(name), {{"batch", batch}}}, {}, quiet);
    }
    [[nodiscard]] PlanInputs inputs(const millrace::onnx::Model& model) const
    {
        return {model, cluster::parseCluster(kCluster, "c.yaml").value(),
                plan::estimateTimes(model.graph())};
    }
    [[nodiscard]] Planned planned(const PlanInputs& inputs) const
    {
        return planModel(inputs, {}, {}, sink).value();
    }

    QTemporaryDir folder;
    NoProgress quiet;
    mutable plan::NoPlanSink sink;
};

const std::vector<std::string> kDevices{"gate", "a", "b"};

class TestPlanModel : public QObject
{
    Q_OBJECT
private slots:
    void aPlanSaysWhatItWasMadeOf()
    {
        Fixture fixture;
        const auto model = fixture.model(2);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const Planned planned = fixture.planned(fixture.inputs(*model));
        QVERIFY(planned.plan.hasStages());
        const plan::PlanRecord expected{
            model->sha256(), {{"batch", 2}}, plan::TimesSource::Estimated};
        QVERIFY(planned.plan.record == expected);
        QVERIFY(plan::check(planned.problem, planned.plan).empty());
        QVERIFY(planned.problem.memoryModel == plan::defaultMemoryModel());
    }

    void theRequestReachesTheSearch()
    {
        Fixture fixture;
        PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        inputs.request.stages = {2, 2};
        inputs.request.overlap = plan::Overlap::No;
        const Planned planned = fixture.planned(inputs);
        QCOMPARE(planned.plan.stageCount(), 2U);
        QVERIFY(isWithoutOverlap(planned.plan));
        const auto deployment = deploymentOf(planned, deploy::ReleaseKind::Local);
        QVERIFY(deployment.plan == planned.plan && deployment.problem == planned.problem);
        QVERIFY(deployment.hostTimes == inputs.times);
    }

    void infeasibleIsAPlanWithoutStages()
    {
        Fixture fixture;
        PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        inputs.request.stages = {3, 3}; // there are two devices for them
        const Planned planned = fixture.planned(inputs);
        QVERIFY(!planned.plan.hasStages());
        QVERIFY(planned.plan.status == plan::Status::Infeasible);
    }

    void timesOfAnotherModelAreRefused()
    {
        Fixture fixture;
        PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        inputs.times.reference.pop_back();
        const auto planned = planModel(inputs, {}, {}, fixture.sink);
        QVERIFY(!planned && planned.error().code == ErrorCode::InvalidArgument);
    }

    void anAdoptedPlanStaysProvenWithTheSameTimesOnly()
    {
        Fixture fixture;
        const PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        const plan::Plan made = fixture.planned(inputs).plan;
        QVERIFY(made.status == plan::Status::Optimal);
        const auto same = adoptPlan(inputs, made, "plan.json");
        QVERIFY2(same, same ? "" : same.error().message.c_str());
        QVERIFY(same->plan == made);

        PlanInputs measured = inputs;
        measured.times.source = plan::TimesSource::Measured;
        for (Seconds& time : measured.times.reference)
            time.value = time.value * 2 + 1;
        const auto slower = adoptPlan(measured, made, "plan.json");
        QVERIFY2(slower, slower ? "" : slower.error().message.c_str());
        QVERIFY(slower->plan.status == plan::Status::Feasible);
        QCOMPARE(slower->plan.lowerBound.value, 0.0);
        QVERIFY(slower->plan.bottleneckTime > made.bottleneckTime);
        QVERIFY(slower->plan.record.times == plan::TimesSource::Measured);
    }

    void aPlanWithoutOverlapIsAdoptedSo()
    {
        Fixture fixture;
        PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        inputs.request.overlap = plan::Overlap::No;
        const plan::Plan made = fixture.planned(inputs).plan;
        const auto adopted = adoptPlan(fixture.inputs(inputs.model), made, "plan.json");
        QVERIFY2(adopted, adopted ? "" : adopted.error().message.c_str());
        QVERIFY(adopted->problem.overlap == plan::Overlap::No);
        QVERIFY(adopted->plan == made);
    }

    void plansThatDoNotFitAreNotAdopted()
    {
        Fixture fixture;
        const PlanInputs inputs = fixture.inputs(fixture.model(2).value());
        const plan::Plan made = fixture.planned(inputs).plan;
        const auto message = [](const PlanInputs& given, const plan::Plan& plan) {
            const auto adopted = adoptPlan(given, plan, "plan.json");
            return adopted ? std::string() : adopted.error().message;
        };
        const auto contains = [](const std::string& text, const char* part) {
            return text.starts_with("plan.json: ") && text.find(part) != std::string::npos;
        };
        QVERIFY(contains(message(fixture.inputs(fixture.model(2, "other.onnx").value()), made),
                         "the plan is of another model"));
        plan::Plan bad = made;
        bad.pipelines.front().stages.front().layers.front() = LayerId(99);
        QVERIFY(contains(message(inputs, bad), "the model has no layer 99"));
        bad.pipelines.clear();
        QVERIFY(contains(message(inputs, bad), "the plan has no stages"));
        PlanInputs small = inputs;
        for (cluster::Device& device : small.cluster.devices)
            device.memory = Bytes{1000};
        QVERIFY(contains(message(small, made), "the plan does not fit the cluster"));
    }

    void thePlansDimsAreTheModels()
    {
        Fixture fixture;
        const Planned planned = fixture.planned(fixture.inputs(fixture.model(2).value()));
        const plan::PlanRecord& record = planned.plan.record;
        const auto open = [&](const ModelFile& file) {
            return openModelOf(record, "plan.json", file, {}, fixture.quiet);
        };
        const auto model = open({fixture.path("model.onnx")});
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QVERIFY(model->dims() == (Dims{{"batch", 2}}));
        const auto wider = open({fixture.path("model.onnx"), {{"batch", 5}}});
        QVERIFY(wider && wider->dims() == (Dims{{"batch", 5}}));
        const auto other = open({fixture.path("other.onnx")});
        QVERIFY(!other && other.error().code == ErrorCode::InvalidArgument);
        const auto none = open({fixture.path("none.onnx")});
        QVERIFY(!none && none.error().code == ErrorCode::NotFound);
    }

    void planFiles()
    {
        Fixture fixture;
        const Planned planned = fixture.planned(fixture.inputs(fixture.model(2).value()));
        const auto file = fixture.path("plan.json");
        QVERIFY(writeFileAtomically(file, plan::writePlan(planned.plan, kDevices)));
        const auto read = readPlan(file, kDevices);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(read->pipelines == planned.plan.pipelines && read->record == planned.plan.record);
        QVERIFY(readPlan(fixture.path("none.json"), kDevices).error().code == ErrorCode::NotFound);
        QVERIFY(readPlan(fixture.folder.path().toStdString(), kDevices).error().code ==
                ErrorCode::NotFound);
        QVERIFY(writeFileAtomically(file, "{}"));
        QVERIFY(readPlan(file, kDevices).error().code == ErrorCode::ParseError);
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestPlanModel)
#include "tst_plan_model.moc"
