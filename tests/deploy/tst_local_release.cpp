// SPDX-License-Identifier: GPL-3.0-or-later
/// A release on this computer: the recipe over processes that are really there.
#include "SmallDeployment.h"
#include "base/File.h"
#include "deploy/Process.h"
#include "inference/Tensor.h"
#include "support/QuietSteps.h"
#include "support/ShowString.h"
#include "support/StartProcess.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>

#include <thread>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

namespace
{

constexpr const char* kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 1 GiB, speed: 0.05}
  - {name: b, memory: 1 GiB, speed: 0.05}
  - {name: c, memory: 1 GiB, speed: 0.05}
links:
  default: {bandwidth: 1 Gbit/s}
gateway: {device: gate}
)";
constexpr std::uint64_t kRequests = 400;
constexpr std::chrono::milliseconds kLong{60000};

/// Every cell as it was last told.
class Grid final : public StepSink
{
public:
    void step(const StepUpdate& update) override
    {
        last[{update.device, update.step}] = update.state;
        if (act && update.step == at && update.state == StepState::Running)
            std::exchange(act, {})();
    }
    std::map<std::pair<std::string, StepId>, StepState> last;
    StepId at = StepId::Reach;
    std::function<void()> act; ///< when that step begins
};

} // namespace

class TestLocalRelease : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_model = m_folder.filePath(QStringLiteral("small.onnx")).toStdString();
        m_state = m_folder.filePath(QStringLiteral("state")).toStdString();
        test::writeSmallModel(m_model);
        qputenv("MILLRACE_STATE", QByteArray::fromStdString(m_state.string()));
    }
    void cleanup()
    {
        for (const Release& release : localReleases())
            QCOMPARE(test::errorOf(undeployed(release)), std::string("no error"));
        QVERIFY(processesNaming(m_state).empty());
        QVERIFY(!fs::exists(m_state / "blobs") && !fs::exists(m_state / "lock"));
    }

    void fillsTheGridOfItsRecipe()
    {
        Grid grid;
        const auto outcome = deployed({2, 4}, grid);
        QCOMPARE(test::errorOf(outcome), std::string("no error"));
        QVERIFY(!outcome->isReused && outcome->notes.empty());
        QCOMPARE(outcome->started.size(), std::size_t{4});
        QVERIFY(test::serves(outcome->release));
        for (const ReleaseNode& node : outcome->release.nodes) {
            const auto file = fmt::format("/proc/{}/environ", node.process.pid);
            const std::string environment = readFile(file, 1 << 20).value_or("");
            QVERIFY(test::contains(environment, "LD_LIBRARY_PATH="));
            // What whoever deploys has there may be secret.
            QVERIFY2(!test::contains(environment, "MILLRACE_STATE"), environment.c_str());
        }
        std::size_t cells = 0;
        for (const StepOutline& step : recipeOutline(RecipeKind::Deploy))
            for (const char* device : {"gate", "a", "b", "c", ""}) {
                if (step.perDevice == (*device == '\0'))
                    continue;
                ++cells;
                QVERIFY2((grid.last[{device, step.id}] == StepState::Done),
                         fmt::format("{} {}", device, nameOf(step.id)).c_str());
            }
        QCOMPARE(grid.last.size(), cells);
        QVERIFY(!fs::exists(m_state / "lock"));
        const auto again = deployed({2, 4}, grid);
        QVERIFY(again && again->isReused && again->started.empty());
        QCOMPARE(again->release.id, outcome->release.id);
    }

    void killedNodeComesBackByItself_data()
    {
        QTest::addColumn<QString>("node");
        for (const char* node : {"stage-1", "stage-2", "gateway"})
            QTest::newRow(node) << QString::fromLatin1(node);
    }
    void killedNodeComesBackByItself()
    {
        QFETCH(QString, node);
        streamAnswersAll(deployed({2, 4}).value().release, node.toStdString());
    }

    /// Its log is read, and a file of it is open elsewhere.
    void undeployEndsOnlyItsOwn()
    {
        const Release release = deployed({2, 4}).value().release;
        const Release other = deployed({1, 5}).value().release;
        const auto log = nodeFolder(release, *nodeOf(release, {PipelineId(), 1})) / "node.log";
        const auto reader =
            test::startProcess({"/usr/bin/tail", "-f", log.string()}, m_state / "tail.log");
        QCOMPARE(test::errorOf(undeployed(release)), std::string("no error"));
        QVERIFY(isAlive(reader));
        endProcesses({&reader, 1}, std::chrono::seconds(1));
        QVERIFY(!fs::exists(release.folder));
        QVERIFY(test::serves(other));
        QCOMPARE(processesNaming(m_state).size(), std::size_t{4});
    }

    void undeployAnswersWhatIsUnderWay()
    {
        std::string slow = kCluster; // so that all of them are under way when it begins
        for (auto at = slow.find("0.05"); at != std::string::npos; at = slow.find("0.05"))
            slow.replace(at, 4, "0.003");
        Deployment slowly = test::smallDeployment(m_model, slow, {2, 4});
        slowly.kind = ReleaseKind::Local;
        test::QuietSteps quiet;
        const Release release = deploy::deploy(slowly, m_here, {}, quiet).value().release;
        auto client =
            runtime::RequestClient::connect(gatewayAddress(release).value(), kLong, {}).value();
        for (int i = 0; i < 6; ++i)
            QVERIFY(client.submit(input(), {}));
        std::jthread undeploying([&] { QVERIFY(undeployed(release)); });
        for (std::uint64_t i = 0; i < 6; ++i) {
            const auto answer = client.answer(kLong, {});
            QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->request, i);
            QVERIFY2(answer->error.empty(), answer->error.c_str());
        }
    }

    /// Whatever was begun is gone, also when it is stopped late.
    void stoppedDeploymentLeavesNothing_data()
    {
        QTest::addColumn<int>("step");
        for (const StepId step : {StepId::Check, StepId::Split, StepId::Upload, StepId::Start,
                                  StepId::Health, StepId::Switch})
            QTest::newRow(nameOf(step).data()) << static_cast<int>(step);
    }
    void stoppedDeploymentLeavesNothing()
    {
        QFETCH(int, step);
        std::stop_source source;
        Grid grid;
        grid.at = static_cast<StepId>(step);
        grid.act = [&source] { source.request_stop(); };
        const auto stopped = deploy::deploy(deployment({2, 4}), m_here, source.get_token(), grid);
        if (stopped) // the last step may be through already
            return;
        QVERIFY2(stopped.error().code == ErrorCode::Cancelled, stopped.error().message.c_str());
        QVERIFY(localReleases().empty() && abandonedReleases().empty());
        QVERIFY(processesNaming(m_state).empty());
        QVERIFY(!fs::exists(m_state / "releases") || fs::is_empty(m_state / "releases"));
    }

    /// A release that was made for a process is gone with the next deployment.
    void abandonedOneIsRemoved()
    {
        test::QuietSteps quiet;
        Deployment mine = deployment({2, 4});
        mine.lifetime = Lifetime::OfDeployer;
        Release release = deploy::deploy(mine, m_here, {}, quiet).value().release;
        QVERIFY(release.owner == thisProcess());
        ++release.owner->startTicks; // as if it had ended
        QVERIFY(writePrivateFile(release.folder / "release.json", writeRelease(release)));
        QCOMPARE(abandonedReleases().size(), std::size_t{1});
        removeAbandoned();
        QVERIFY(abandonedReleases().empty() && processesNaming(m_state).empty());
        QVERIFY(!fs::exists(release.folder));
    }

    /// Another Millrace works on this computer's releases.
    void lockedByAnother()
    {
        DeviceHost other({}, m_state.string(), m_here, {});
        QVERIFY(other.help("lock", {"token", "eve@here (process 1) since noon"}, {}));
        const auto refused = deployed({2, 4});
        QVERIFY(!refused);
        QVERIFY2(test::contains(refused.error().message, "held by eve@here"),
                 refused.error().message.c_str());
        QVERIFY(other.help("unlock", {"token"}, {}));
        QVERIFY(localReleases().empty());
    }

private:
    [[nodiscard]] Deployment deployment(test::Cuts cuts) const
    {
        Deployment made = test::smallDeployment(m_model, kCluster, cuts);
        made.kind = ReleaseKind::Local;
        return made;
    }
    Result<Outcome> deployed(test::Cuts cuts, StepSink& steps)
    {
        return deploy::deploy(deployment(cuts), m_here, {}, steps);
    }
    Result<Outcome> deployed(test::Cuts cuts)
    {
        test::QuietSteps quiet;
        return deployed(cuts, quiet);
    }
    Result<void> undeployed(const Release& release)
    {
        test::QuietSteps quiet;
        return deploy::undeploy(release, m_here, {}, {}, quiet);
    }
    [[nodiscard]] static std::vector<inference::NamedTensor> input()
    {
        return {{"x", inference::randomTensor(graph::DType::Float32, {1, 176, 3, 3}, 7).value()}};
    }
    /// The runner itself, not what watches over it.
    static bool kill(const Release& release, const std::string& name)
    {
        const std::string folder = (release.folder / name).string() + "/";
        for (const auto& entry : fs::directory_iterator("/proc")) {
            const auto line = readFile(entry.path() / "cmdline", 4096).value_or("");
            if (line.starts_with(folder) && !test::contains(line, "--supervise"))
                return ::kill(std::atoi(entry.path().filename().c_str()), SIGKILL) == 0;
        }
        return false;
    }
    /// While requests flow, this node is killed and is back in time; each request is answered once
    /// and in order.
    static void streamAnswersAll(const Release& release, const std::string& killed)
    {
        auto client =
            runtime::RequestClient::connect(gatewayAddress(release).value(), kLong, {}).value();
        std::jthread sender([&client] {
            for (std::uint64_t i = 0; i < kRequests; ++i)
                if (!client.submit(input(), {}))
                    return;
        });
        for (std::uint64_t i = 0; i < kRequests; ++i) {
            if (i == kRequests / 4) {
                QVERIFY(kill(release, killed));
                QElapsedTimer timer;
                timer.start();
                QTRY_VERIFY_WITH_TIMEOUT(!test::serves(release), 5000);
                QTRY_VERIFY_WITH_TIMEOUT(test::serves(release), 10000);
                qInfo("%s was back after %lld ms", killed.c_str(), timer.elapsed());
                QVERIFY(timer.elapsed() < 2000);
            }
            const auto answer = client.answer(kLong, {});
            QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->request, i);
            QVERIFY2(answer->error.empty(), answer->error.c_str());
        }
        sender.join();
        QVERIFY(!client.answer(std::chrono::milliseconds(300), {})); // none twice
    }

    QTemporaryDir m_folder;
    std::string m_model;
    fs::path m_state;
    LocalAccess m_here;
};

QTEST_GUILESS_MAIN(TestLocalRelease)
#include "tst_local_release.moc"
