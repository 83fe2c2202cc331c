// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/ReleaseParts.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <fstream>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

const Release& small()
{
    static const Release release = test::smallRelease("/tmp/releases/small");
    return release;
}

class TestReleaseParts : public QObject
{
    Q_OBJECT
private slots:
    void aPlanMustBeOfTheModel()
    {
        const auto model = load();
        plan::Plan plan = small().plan;
        QVERIFY(!checkPlan(model, plan));
        plan.record.modelSha256 = model.sha256();
        QVERIFY(checkPlan(model, plan));
        plan.record.modelSha256.clear(); // of a bare problem: nothing is known
        QVERIFY(checkPlan(model, plan));
        plan.pipelines.clear();
        QVERIFY(!checkPlan(model, plan));
    }

    void plansAreTheSameByWhatTheyDo()
    {
        plan::Plan other = small().plan;
        other.status = plan::Status::Timeout;
        other.lowerBound = {};
        other.notes = {"found in another way"};
        other.pipelines.front().stages.front().memory = Bytes{1};
        QVERIFY(isSamePlan(small().plan, other));
        for (const auto& change : std::vector<std::function<void(plan::Pipeline&)>>{
                 [](plan::Pipeline& p) { p.stages.front().device = DeviceId(2); },
                 [](plan::Pipeline& p) { p.stages.front().layers.pop_back(); },
                 [](plan::Pipeline& p) { p.stages.front().compute.value *= 2; },
                 [](plan::Pipeline& p) { p.hops.front().bytes = Bytes{1}; },
                 [](plan::Pipeline& p) { p.stages.pop_back(); }}) {
            other = small().plan;
            change(other.pipelines.front());
            QVERIFY(!isSamePlan(small().plan, other));
        }
        other = small().plan;
        other.pipelines.push_back(other.pipelines.front());
        QVERIFY(!isSamePlan(small().plan, other));
    }

    void aReleaseIsOfItsModelClusterAndPlan()
    {
        const auto model = load();
        Release release =
            makeRelease(ReleaseKind::Ssh, model, small().cluster, small().problem, small().plan);
        QVERIFY(isOf(release, model, small().cluster, small().plan));
        cluster::Cluster other = small().cluster;
        other.devices[1].memory = Bytes{1};
        QVERIFY(!isOf(release, model, other, small().plan));
        release.owner = ProcessId{1, 2}; // somebody is still at it
        QVERIFY(!isOf(release, model, small().cluster, small().plan));
        release.owner.reset();
        release.dims = {{"batch", 3}};
        QVERIFY(!isOf(release, model, small().cluster, small().plan));
    }

    void nodesAreTheStagesAndTheGateway()
    {
        const auto nodes = makeNodes(small().cluster, small().plan);
        QCOMPARE(nodes.size(), 3U);
        for (std::size_t n = 0; n < nodes.size(); ++n) {
            QCOMPARE(nodes[n].name, small().nodes[n].name);
            QCOMPARE(nodes[n].device, small().nodes[n].device);
            QVERIFY(nodes[n].role == small().nodes[n].role);
        }
        cluster::Cluster without = small().cluster;
        without.gateway.reset();
        QCOMPARE(makeNodes(without, small().plan).back().device, std::string("gateway"));
    }

    void weightsThatLayersShareCountOnce()
    {
        plan::Problem problem = small().problem;
        const plan::Stage& first = small().plan.pipelines.front().stages.front(); // layers 0 and 1
        QCOMPARE(stageWeights(problem, first).value, 2000);
        problem.sharedWeights = {{Bytes{500}, {LayerId(0), LayerId(1)}},
                                 {Bytes{70}, {LayerId(1), LayerId(3)}},
                                 {Bytes{6}, {LayerId(2), LayerId(3)}}};
        QCOMPARE(stageWeights(problem, first).value, 2570);
    }

    void aStagesWeightsAreAFileWhereItHasAny()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const millrace::onnx::StageFile stage{"stage-1.onnx", {}, {}, {}};
        QVERIFY(stageFiles(path, stage) ==
                std::vector<std::filesystem::path>{path / "stage-1.onnx"});
        std::ofstream(path / "stage-1.weights") << "w";
        QCOMPARE(stageFiles(path, stage).size(), 2U);
        QVERIFY(stageFiles(path, stage).back() == path / "stage-1.weights");
    }

    void keysAreForTheirOwnerOnly()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const auto one = writeIdentity(path, "client", "small client");
        QVERIFY2(one, one ? "" : one.error().message.c_str());
        for (const char* file : {"client.key", "client.crt"}) {
            struct ::stat status = {};
            QCOMPARE(::stat((path / file).c_str(), &status), 0);
            QCOMPARE(status.st_mode & 0777U, 0600U);
        }
        const auto other = writeIdentity(path, "other", "small client");
        QVERIFY(other && *other != *one);
        QVERIFY(!writeIdentity(path / "none", "client", "small client"));
    }

private:
    [[nodiscard]] millrace::onnx::Model load() const
    {
        const std::string file = m_folder.filePath(QStringLiteral("m.onnx")).toStdString();
        test::writeThreeConvolutions(file);
        NoProgress quiet;
        return millrace::onnx::load(file, {}, {}, quiet).value();
    }

    QTemporaryDir m_folder;
};

} // namespace

QTEST_GUILESS_MAIN(TestReleaseParts)
#include "tst_release_parts.moc"
