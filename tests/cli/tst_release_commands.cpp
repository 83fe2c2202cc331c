// SPDX-License-Identifier: GPL-3.0-or-later
// deploy, demo, status, bench, infer, probe, rollback and undeploy, as far as they come without a
// runner: DeployCommand, SshDeploy, DemoCommand, StatusCommand, BenchCommand, InferCommand,
// ProbeCommand, RollbackCommand, UndeployCommand.
#include "Said.h"
#include "base/File.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/SmallRelease.h"
#include "support/OnnxBuilder.h"

#include <QTest>

using namespace millrace;
using namespace millrace::ctl;
using test::said;

namespace
{

constexpr const char* kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 1 GiB, speed: 0.01}
  - {name: b, memory: 1 GiB, speed: 0.01}
links:
  default: {bandwidth: 1 Gbit/s, delay: 1 ms}
gateway: {device: gate}
)";

/// A release in the state folder whose processes are gone.
deploy::Release stored(const std::string& id, deploy::ReleaseKind kind = deploy::ReleaseKind::Local,
                       deploy::Standing standing = deploy::Standing::Current)
{
    const auto folder = deploy::stateFolder() / "releases" / id;
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    deploy::Release release = test::smallRelease(folder);
    release.kind = kind;
    release.standing = standing;
    for (deploy::ReleaseNode& node : release.nodes)
        node.process = {};
    static_cast<void>(writeFileAtomically(folder / "release.json", deploy::writeRelease(release)));
    return release;
}

void writeInputs()
{
    test::writeThreeConvolutions("m.onnx");
    static_cast<void>(writeFileAtomically("c.yaml", kCluster));
}

class ReleaseCommands : public QObject
{
    Q_OBJECT
private slots:
    void withoutARelease()
    {
        const test::OwnFolder folder;
        for (const char* line : {"status", "bench", "infer --image i.png", "rollback", "undeploy"})
            EXPECT_FAILURE(said(line), ExitCode::BadInput, "there is no release");
        static_cast<void>(stored("small"));
        for (const char* line : {"status other", "bench other", "undeploy other"})
            EXPECT_FAILURE(said(line), ExitCode::BadInput, "small");
    }

    void statusOfOneWithoutProcesses()
    {
        const test::OwnFolder folder;
        static_cast<void>(stored("older"));
        const deploy::Release release = stored("small");
        const Report report = said("status small");
        EXPECT_FAILURE(report, ExitCode::Failure, "all its processes are gone");
        const Json json = Json::parse(report.json, nullptr, false);
        QCOMPARE(json["state"].get<std::string>(), "down");
        QCOMPARE(json["others"].get<std::vector<std::string>>(), std::vector<std::string>{"older"});
        QCOMPARE(json["folder"].get<std::string>(), release.folder.string());
    }

    void askingOneWithoutProcesses()
    {
        const test::OwnFolder folder;
        static_cast<void>(stored("small"));
        EXPECT_FAILURE(said("bench --requests 0"), ExitCode::Usage, "--requests");
        QVERIFY(said("bench").code == ExitCode::Failure);
        EXPECT_FAILURE(said("infer"), ExitCode::Usage, "the inputs are missing");
        EXPECT_FAILURE(said("infer one two --image i.png"), ExitCode::Usage, "one RELEASE");
        EXPECT_FAILURE(said("infer --image i.png --size 3"), ExitCode::Usage, "WIDTHxHEIGHT");
        QVERIFY(said("infer --image i.png").code == ExitCode::Failure); // nor a manifest
    }

    void undeployLeavesNothing()
    {
        const test::OwnFolder folder;
        const deploy::Release release = stored("small");
        const Report report = said("undeploy");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        QCOMPARE(report.text, "Release small is gone: no process, no file.\n");
        std::error_code ignored;
        QVERIFY(!std::filesystem::exists(release.folder, ignored));
    }

    void rollbackIsForReleasesThatReplaceEachOther()
    {
        const test::OwnFolder folder;
        static_cast<void>(stored("small"));
        EXPECT_FAILURE(said("rollback"), ExitCode::BadInput, "small is local");
        static_cast<void>(stored("remote", deploy::ReleaseKind::Ssh));
        EXPECT_FAILURE(said("rollback remote"), ExitCode::BadInput, "is the current one already");
        EXPECT_FAILURE(said("rollback --accept-host-key"), ExitCode::Usage, "--accept-host-key");
    }

    void deployNeedsTheRunnerBesideTheProgram()
    {
        const test::OwnFolder folder;
        writeInputs();
        EXPECT_FAILURE(said("deploy m.onnx c.yaml --local --dry-run --stages 2"), ExitCode::Failure,
                       "the runner is not there");
        QVERIFY(deploy::releaseHeaders().empty());
    }

    void deployTakesPlansOfItsModelOnly()
    {
        const test::OwnFolder folder;
        writeInputs();
        QVERIFY(said("plan m.onnx c.yaml --profile estimate --problem q.json -o p.json").code ==
                ExitCode::Success);
        QVERIFY(said("solve q.json -o s.json").code == ExitCode::Success);
        EXPECT_FAILURE(said("deploy m.onnx c.yaml s.json --local"), ExitCode::BadInput,
                       "no plan of this model that can be deployed");
        EXPECT_FAILURE(said("deploy m.onnx c.yaml none.json --local"), ExitCode::BadInput,
                       "none.json");
        EXPECT_FAILURE(said("deploy m.onnx c.yaml p.json --stages 2"), ExitCode::Usage, "--stages");
        EXPECT_FAILURE(said("deploy m.onnx c.yaml --local --stages 9"), ExitCode::NoFeasiblePlan,
                       "no feasible plan");
    }

    void devicesNeedAddresses()
    {
        const test::OwnFolder folder;
        writeInputs();
        EXPECT_FAILURE(said("deploy m.onnx c.yaml --dry-run"), ExitCode::BadInput, "address");
        EXPECT_FAILURE(said("deploy m.onnx c.yaml"), ExitCode::BadInput, "address");
        EXPECT_FAILURE(said("probe c.yaml"), ExitCode::BadInput, "address");
        EXPECT_FAILURE(said("probe none.yaml"), ExitCode::BadInput, "none.yaml");
        EXPECT_FAILURE(said("probe c.yaml -o c.yaml"), ExitCode::BadInput, "name another");
    }

    void demoReadsItsClusterFirst()
    {
        const test::OwnFolder folder;
        EXPECT_FAILURE(said("demo --cluster none.yaml"), ExitCode::BadInput, "none.yaml");
        EXPECT_FAILURE(said("demo --warm-start none.json"), ExitCode::BadInput, "none.json");
        EXPECT_FAILURE(said("demo --requests 0"), ExitCode::Usage, "--requests");
    }
};

} // namespace

QTEST_GUILESS_MAIN(ReleaseCommands)
#include "tst_release_commands.moc"
