// SPDX-License-Identifier: GPL-3.0-or-later
#include "Golden.h"
#include "ctl/report/BenchReport.h"
#include "ctl/report/LocalDeployReport.h"
#include "ctl/report/ProbeReport.h"
#include "ctl/report/ReleaseReport.h"
#include "ctl/report/SshDeployReport.h"
#include "ctl/report/StatusReport.h"
#include "ui/SmallStatus.h"

#include <QTest>

#include <algorithm>
#include <sstream>

using namespace millrace;
using namespace millrace::ctl;

namespace
{

deploy::Release remoteRelease()
{
    deploy::Release release = test::watchedRelease();
    release.kind = deploy::ReleaseKind::Ssh;
    release.dilation = 1;
    release.dilationReason.clear();
    for (deploy::ReleaseNode& node : release.nodes)
        node.folder = "/home/pi/.millrace/releases/small/" + node.name;
    return release;
}

/// Every node starts, or all run already.
deploy::Draft draftOf(const deploy::Release& release, bool isRunning)
{
    deploy::Draft draft{release, {}, {}};
    for (const deploy::ReleaseNode& node : release.nodes) {
        const deploy::PayloadFile model{"model.onnx", "/s/model.onnx", "1", Bytes{1 << 20},
                                        deploy::PayloadKind::Model};
        const deploy::PayloadFile program{"millrace-stage", "/b/stage", "2", Bytes{3 << 20},
                                          deploy::PayloadKind::Program};
        draft.nodes.push_back({{model, program},
                               isRunning ? std::vector<deploy::PayloadFile>{}
                                         : std::vector<deploy::PayloadFile>{model, program},
                               {"millrace-stage", node.name + "/config.json"},
                               isRunning});
    }
    return draft;
}

deploy::Outcome outcomeOf(const deploy::Release& release)
{
    deploy::Outcome outcome;
    outcome.release = release;
    for (const deploy::ReleaseNode& node : release.nodes)
        outcome.transfers[node.name] = {Bytes{1 << 20}, Bytes{3 << 20}};
    outcome.started = {"stage-1", "gateway"};
    outcome.notes = {"b: a file\ncould not be removed"};
    return outcome;
}

work::BenchResult benchResult()
{
    work::BenchResult result;
    result.requests = result.answered = 100;
    result.maxAbsError = 1e-6;
    result.throughput = 2.4;
    result.predictedThroughput = 2.5;
    result.dilation = 1.5;
    result.deadlines = 400;
    result.lateDeadlines = 2;
    result.latency = test::summary(100, 0.9);
    result.latency.p50 = 0.9;
    result.latency.p95 = 1.1;
    result.latency.p99 = 1.2;
    result.stages = {
        {"a", Seconds{0.4}, test::summary(100, 0.41), Bytes{20 << 20}, Bytes{30 << 20}},
        {"b", Seconds{0.2}, {}, Bytes{20 << 20}, {}}};
    result.hops = {{"gate", "a", Bytes{100000}, Seconds{0.1}, test::summary(100, 0.11)},
                   {"a", "b", Bytes{100000}, Seconds{0.3}, {}}};
    return result;
}

KnownRelease known(const deploy::Release& release, bool answers, std::int64_t deadBelow = 0)
{
    KnownRelease known{release, {}, {}, {}, {}};
    if (answers) {
        known.live = test::liveStatus(60, 90);
        known.live->events = {
            {1, test::kStart, runtime::EventKind::Started, {}, "the gateway is here"}};
    } else {
        known.unreachable = "127.0.0.1:7403: connection refused";
    }
    // The gateway has seen all of them; only processes of this machine are asked for here.
    known.state =
        work::releaseState(release, known.live, [deadBelow](const deploy::ReleaseNode& node) {
            return node.endpoint.port >= deadBelow;
        });
    return known;
}

std::vector<std::string> sortedLines(const std::string& text)
{
    std::istringstream lines(text);
    std::vector<std::string> sorted;
    for (std::string line; std::getline(lines, line);)
        sorted.push_back(line);
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

class ReleaseReports : public QObject
{
    Q_OBJECT
private slots:
    void deployHere()
    {
        const deploy::Release release = test::watchedRelease();
        COMPARE_GOLDEN("deploy-local", localDeployReport(outcomeOf(release), {}));
        deploy::Outcome again = outcomeOf(release);
        again.isReused = true;
        again.started.clear();
        again.release.dilation = 1;
        COMPARE_GOLDEN("deploy-local-again", localDeployReport(again, {"one", "two"}));
        COMPARE_GOLDEN("deploy-local-dry", localDraftReport(draftOf(release, false), false));
        COMPARE_GOLDEN("deploy-local-dry-again", localDraftReport(draftOf(release, true), true));
    }

    void deployOnDevices()
    {
        deploy::Outcome outcome = outcomeOf(remoteRelease());
        COMPARE_GOLDEN("deploy-ssh", sshDeployReport(outcome));
        outcome.isReused = true;
        outcome.release.plan.pipelines.front().bottleneck = {plan::BottleneckKind::Transfer, 0};
        COMPARE_GOLDEN("deploy-ssh-again", sshDeployReport(outcome));
        COMPARE_GOLDEN("deploy-ssh-dry", sshDraftReport(draftOf(remoteRelease(), false), false));
        COMPARE_GOLDEN("deploy-ssh-dry-again",
                       sshDraftReport(draftOf(remoteRelease(), true), true));
    }

    void status()
    {
        KnownRelease serving = known(test::watchedRelease(), true);
        serving.others = {"older", "oldest"};
        COMPARE_GOLDEN("status", statusReport(serving));
        COMPARE_GOLDEN("status-stage-down",
                       statusReport(known(test::watchedRelease(), true, 7402)));
        COMPARE_GOLDEN("status-gone", statusReport(known(test::watchedRelease(), false, 65000)));
        COMPARE_GOLDEN("status-unreachable", statusReport(known(remoteRelease(), false)));
        deploy::Release replaced = remoteRelease();
        replaced.standing = deploy::Standing::Replaced;
        COMPARE_GOLDEN("status-replaced", statusReport(known(replaced, false)));
    }

    void theOrderOfTheNodesDoesNotMatter()
    {
        deploy::Release release = test::watchedRelease();
        const Report before = statusReport(known(release, true));
        std::rotate(release.nodes.begin(), release.nodes.begin() + 2, release.nodes.end());
        const Report report = statusReport(known(release, true));
        QVERIFY2(report.json == before.json, report.json.c_str());
        QVERIFY2(sortedLines(report.text) == sortedLines(before.text), report.text.c_str());
    }

    void bench()
    {
        COMPARE_GOLDEN("bench", benchReport("small", benchResult(), true));
        work::BenchResult lost = benchResult();
        lost.answered = 97;
        lost.lost = 2;
        lost.failed = 1;
        lost.comparable = false;
        COMPARE_GOLDEN("bench-lost", benchReport("small", lost, false));
        work::BenchResult wrong = benchResult();
        wrong.mismatched = 4;
        COMPARE_GOLDEN("bench-wrong", benchReport("small", wrong, true));
    }

    void demo()
    {
        COMPARE_GOLDEN("demo", demoReport(benchResult(), "the stages would use all of it"));
        COMPARE_GOLDEN("demo-undilated", demoReport(benchResult(), ""));
    }

    void probe()
    {
        deploy::Facts facts;
        facts.system = "Linux";
        facts.architecture = "aarch64";
        facts.libc = "glibc 2.36";
        facts.cores = 4;
        facts.memory = Bytes{std::int64_t{4} << 30};
        facts.freeMemory = Bytes{std::int64_t{3} << 30};
        facts.freeDisk = Bytes{std::int64_t{20} << 30};
        deploy::ProbeOutcome outcome;
        outcome.facts = {{"a", facts}};
        outcome.links.resize(2);
        outcome.links[0].from = outcome.links[1].to = "a";
        outcome.links[0].to = outcome.links[1].from = "b";
        outcome.links[0].link.bandwidth = {9.4e8};
        outcome.links[0].link.delay = Seconds{0.0003};
        outcome.links[1].trouble = "b: no answer\nwithin 5 s";
        COMPARE_GOLDEN("probe", probeReport(outcome, "cluster.yaml"));
    }

    void leaving()
    {
        COMPARE_GOLDEN("undeploy", undeployReport("small"));
        COMPARE_GOLDEN("rollback", rollbackReport("small", {"b: not tidied"}));
    }

    void failuresOfWhatRanAndOfWhatWasGiven()
    {
        COMPARE_GOLDEN("failure", runFailure({ErrorCode::Network, "a: nobody there"}));
        QVERIFY(failureOf({ErrorCode::Timeout, "late"}).has_value());
        QVERIFY(!failureOf({ErrorCode::InvalidArgument, "wrong"}).has_value());
    }
};

} // namespace

QTEST_GUILESS_MAIN(ReleaseReports)
#include "tst_release_reports.moc"
