// SPDX-License-Identifier: GPL-3.0-or-later
// A release on this machine as its users see it: deployed, asked, broken, repaired, removed.
#include "Ctl.h"
#include "base/File.h"
#include "deploy/Process.h"
#include "inference/Tensor.h"
#include "support/OnnxBuilder.h"
#include "work/Traffic.h"

#include <QDir>
#include <QJsonArray>
#include <QProcess>
#include <QTest>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace millrace::test
{
namespace
{

/// Each of three devices can hold one convolution only; an answer comes every 50 ms.
const QByteArray kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 51.5 MiB, speed: 0.2}
  - {name: b, memory: 51.5 MiB, speed: 0.3}
  - {name: c, memory: 51.5 MiB, speed: 0.4}
links:
  default: {bandwidth: 1 Mbit/s, delay: 1 ms}
gateway: {device: gate}
)";

/// Three convolutions of 1.1 MiB each with a skip over the second.
void writeModel(const std::string& path)
{
    OnnxBuilder builder;
    const Attributes padded = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
    builder.input("x", {1, 176, 3, 3});
    for (const char* name : {"w1", "w2", "w3"})
        builder.weight(name, {176, 176, 3, 3});
    builder.node("Conv", {"x", "w1"}, {"a"}, padded).node("Relu", {"a"}, {"b"});
    builder.node("Conv", {"b", "w2"}, {"c"}, padded).node("Add", {"b", "c"}, {"d"});
    builder.node("Conv", {"d", "w3"}, {"e"}, padded).node("Relu", {"e"}, {"y"});
    builder.output("y").save(path);
}

QString word(const char* text)
{
    return QString::fromLatin1(text);
}

/// Keeps a port for itself.
class TakenPort
{
public:
    explicit TakenPort(int port) : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const int yes = 1;
        ::setsockopt(m_socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // The kernel may hold a killed process's port for a moment.
        for (int attempt = 0; attempt < 100 && !isMine; ++attempt) {
            isMine = ::bind(m_socket, reinterpret_cast<const sockaddr*>(&address),
                            sizeof address) == 0 &&
                     ::listen(m_socket, 1) == 0;
            if (!isMine)
                QTest::qWait(50);
        }
    }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    ~TakenPort() { ::close(m_socket); }
    bool isMine = false;

private:
    int m_socket;
};

} // namespace

class TestCtlRelease : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_ctl = std::make_unique<Ctl>();
        m_ctl->write(word("cluster.yaml"), kCluster);
        writeModel(m_ctl->path(word("small.onnx")).toStdString());
    }
    void cleanup()
    {
        deploy::endProcesses(processes(), std::chrono::seconds(1));
        QVERIFY(processes().empty());
        m_ctl.reset();
    }

    void deployedAskedAndRemoved()
    {
        const QJsonObject release = deployed();
        QCOMPARE(release[word("reused")].toBool(), false);
        QCOMPARE(release[word("nodes")].toArray().size(), 4);
        QVERIFY(release[word("model_bytes")].toInt() > 3'000'000);
        const QStringList keys{word("address"),      word("device"), word("folder"),
                               word("memory_bytes"), word("name"),   word("pid"),
                               word("port")};
        QCOMPARE(release[word("nodes")][0].toObject().keys(), keys);
        QVERIFY(!release[word("nodes")][3].toObject().contains(word("memory_bytes")));
        const QJsonObject status = this->status();
        QCOMPARE(status[word("state")].toString(), word("serving"));
        for (const QJsonValue stage : status[word("stages")].toArray())
            QVERIFY(stage[word("up")].toBool());
        secretsArePrivate(release[word("folder")].toString());

        const Outcome bench = (*m_ctl)({word("bench"), word("-n"), word("20"), word("--json")});
        QVERIFY2(bench.code == 0, bench.all());
        const QJsonObject figures = bench.object();
        QCOMPARE(figures[word("requests")].toInt(), 20);
        QCOMPARE(figures[word("answered")].toInt(), 20);
        QCOMPARE(figures[word("lost")].toInt(), 0);
        QCOMPARE(figures[word("mismatched")].toInt(), 0);
        qInfo("measured / predicted throughput: %.3f",
              figures[word("throughput_per_s")].toDouble() /
                  figures[word("predicted_throughput_per_s")].toDouble());
        for (const QJsonValue stage : figures[word("stages")].toArray())
            QVERIFY2(stage[word("measured_s")].isDouble(), bench.all());
        for (const QJsonValue hop : figures[word("hops")].toArray())
            QVERIFY2(hop[word("measured_s")].isDouble(), bench.all());

        const Outcome gone = (*m_ctl)({word("undeploy")});
        QVERIFY2(gone.code == 0, gone.all());
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
        QCOMPARE((*m_ctl)({word("status")}).code, 3);
    }

    void answersAsTheWholeModelDoes()
    {
        static_cast<void>(deployed());
        const auto input =
            inference::randomTensor(graph::DType::Float32, {1, 176, 3, 3}, 7).value();
        QVERIFY(inference::writeNpy(file("x.npy"), input));
        const QStringList given = {word("--input"), word("x=x.npy"), word("-o")};
        const Outcome whole = (*m_ctl)(QStringList{word("run"), word("small.onnx")} + given +
                                       QStringList{word("whole")});
        QVERIFY2(whole.code == 0, whole.all());
        const Outcome parts = (*m_ctl)(QStringList{word("infer")} + given +
                                       QStringList{word("parts"), word("--json")});
        QVERIFY2(parts.code == 0, parts.all());
        QCOMPARE(m_ctl->read(word("parts/outputs.json")), m_ctl->read(word("whole/outputs.json")));
        const auto agreement = inference::compare(inference::readNpy(file("parts/0.npy")).value(),
                                                  inference::readNpy(file("whole/0.npy")).value());
        QVERIFY2(agreement.agree, agreement.why.c_str());
    }

    void secondDeploymentStartsOnlyWhatIsDead()
    {
        const QJsonObject first = deployed();
        const QJsonObject second = deployed();
        QCOMPARE(second[word("release")].toString(), first[word("release")].toString());
        QCOMPARE(second[word("reused")].toBool(), true);
        QCOMPARE(second[word("model_bytes")].toInt(), 0);
        QVERIFY(second[word("started")].toArray().isEmpty());
        QCOMPARE(second[word("nodes")].toArray(), first[word("nodes")].toArray());

        const int killed = kill(first, 1);
        const QJsonObject third = deployed();
        QCOMPARE(third[word("started")].toArray(),
                 QJsonArray{first[word("nodes")][1][word("device")]});
        for (const int node : {0, 2, 3})
            QCOMPARE(pid(third, node), pid(first, node));
        QVERIFY(pid(third, 1) != killed);
        QCOMPARE(releaseFolders().size(), 1);
        QCOMPARE(processes().size(), std::size_t{4});
    }

    void trafficThatIsStoppedLosesNothing()
    {
        const std::string folder = deployed()[word("folder")].toString().toStdString();
        const auto file = readFile(folder + "/release.json");
        QVERIFY(file);
        auto release = deploy::parseRelease(*file, "release.json");
        QVERIFY(release);
        release->folder = folder;
        std::stop_source stop;
        const std::jthread stopper([this, &stop](const std::stop_token& end) {
            while (!end.stop_requested() && status()[word("answered")].toInt() <= 20)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            stop.request_stop();
        });
        const auto counts = work::sendTraffic(*release, {}, stop.get_token());
        QVERIFY2(counts, counts ? "" : counts.error().message.c_str());
        QVERIFY(counts->sent > 20);
        QCOMPARE(counts->answered, counts->sent);
        QCOMPARE(counts->failed, std::uint64_t{0});
        QCOMPARE(status()[word("lost")].toInt(), 0);

        kill(deployed(), 3); // the gateway
        const auto gone = work::sendTraffic(*release, {}, {});
        QVERIFY(!gone && gone.error().code == ErrorCode::Network);
        QVERIFY(work::sendTraffic(*release, {0, 1}, {}).error().code == ErrorCode::InvalidArgument);
    }

    void stageKilledDuringAStreamLosesNothing()
    {
        const QJsonObject release = deployed();
        QProcess bench;
        m_ctl->begin(bench, {word("bench"), word("-n"), word("120"), word("--json")});
        QTRY_VERIFY_WITH_TIMEOUT(status()[word("answered")].toInt() > 10, 30000);
        kill(release, 1);
        QTRY_VERIFY_WITH_TIMEOUT(!isUp(1), 5000);
        QCOMPARE(status()[word("state")].toString(), word("interrupted"));
        QTRY_VERIFY_WITH_TIMEOUT(isUp(0) && isUp(2), 5000);
        const Outcome interrupted = (*m_ctl)({word("status")});
        QCOMPARE(interrupted.code, 5);
        QVERIFY2(interrupted.hasOneErrorLine() && interrupted.err.contains("stage-2 on"),
                 interrupted.all());
        static_cast<void>(deployed());
        QCOMPARE((*m_ctl)({word("status")}).code, 0);
        QVERIFY(isUp(1));
        const Outcome outcome = Ctl::end(bench);
        QVERIFY2(outcome.code == 0, outcome.all());
        QCOMPARE(outcome.object()[word("answered")].toInt(), 120);
        QCOMPARE(outcome.object()[word("lost")].toInt(), 0);
        QCOMPARE(outcome.object()[word("mismatched")].toInt(), 0);
    }

    void releaseWithoutProcessesIsSeenAndRemoved()
    {
        const QJsonObject release = deployed();
        for (int node = 0; node < 4; ++node)
            kill(release, node);
        QCOMPARE(status()[word("state")].toString(), word("down"));
        const Outcome bench = (*m_ctl)({word("bench"), word("-n"), word("1")});
        QVERIFY2(bench.code == 5 && bench.hasOneErrorLine(), bench.all());
        const Outcome gone = (*m_ctl)({word("undeploy")});
        QVERIFY2(gone.code == 0, gone.all());
        QVERIFY(releaseFolders().isEmpty());
    }

    void killedDeploymentIsCleanedUpByTheNext()
    {
        QProcess deployment;
        int attempts = 0;
        do { // it may be through before it is killed
            QVERIFY(++attempts < 20);
            static_cast<void>((*m_ctl)({word("undeploy")}));
            m_ctl->begin(deployment, kDeploy);
            waitForRunner(deployment);
            deployment.kill();
            deployment.waitForFinished();
        } while ((*m_ctl)({word("status")}).code == 0);
        QCOMPARE(releaseFolders().size(), 1);
        const QString abandoned = releaseFolders().front();
        static_cast<void>(deployed());
        QCOMPARE(releaseFolders().size(), 1);
        QVERIFY(releaseFolders().front() != abandoned);
        QCOMPARE(processes().size(), std::size_t{4});
    }

    void interruptedDeploymentLeavesNothing()
    {
        QProcess deployment;
        m_ctl->begin(deployment, kDeploy);
        waitForRunner(deployment);
        deployment.terminate();
        const Outcome outcome = Ctl::end(deployment);
        // It may have been through with it already.
        QVERIFY2(outcome.code == 5 || outcome.code == 0, outcome.all());
        if (outcome.code == 0)
            return;
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
    }

    void takenPortIsNamed()
    {
        const QJsonObject release = deployed();
        kill(release, 2);
        const int port = release[word("nodes")][2][word("port")].toInt();
        {
            const TakenPort taken(port);
            QVERIFY(taken.isMine);
            const Outcome outcome = (*m_ctl)(kDeploy);
            QCOMPARE(outcome.code, 5);
            QVERIFY2(outcome.err.contains("stage-3") &&
                         outcome.err.contains(QByteArray::number(port)),
                     outcome.all());
        }
        static_cast<void>(deployed());
    }

    void dryRunWritesNothing()
    {
        const Outcome outcome = (*m_ctl)(kDeploy + QStringList{word("--dry-run")});
        QVERIFY2(outcome.code == 0, outcome.all());
        QCOMPARE(outcome.object()[word("starts")].toArray().size(), 4);
        const QJsonArray command = outcome.object()[word("nodes")][0][word("command")].toArray();
        QVERIFY(command[0].toString().endsWith(word("/millrace-stage")));
        QVERIFY(releaseFolders().isEmpty());
        QVERIFY(processes().empty());
    }

    void mistakes_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* line, int code, const char* says) {
            QTest::newRow(name) << QString::fromLatin1(line).split(QLatin1Char(' ')) << code
                                << QByteArray(says);
        };
        row("no address", "deploy small.onnx cluster.yaml", 3, "has no address");
        row("nothing to go back to", "rollback", 3, "there is no release");
        row("no device to probe", "probe cluster.yaml", 3, "fewer than two devices");
        row("no cluster", "deploy small.onnx none.yaml --local", 3, "none.yaml");
        row("no release", "status", 3, "there is no release");
        row("no such release", "bench other", 3, "there is no release");
        row("nothing to remove", "undeploy", 3, "there is no release");
        row("no input", "infer", 2, "the inputs are missing");
        row("no such option", "infer --image x.png --mean a", 2, "is not a number");
        row("no size", "infer --image x.png --size 3", 2, "WIDTHxHEIGHT");
        row("no layout", "infer --image x.png --layout chw", 2, "nchw, nhwc");
        row("no requests", "bench -n 0", 2, "is not a whole number");
    }
    void mistakes()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const Outcome outcome = (*m_ctl)(arguments);
        QVERIFY2(outcome.code == code && outcome.err.contains("error: "), outcome.all());
        QVERIFY2(outcome.err.contains(says), outcome.all());
        QVERIFY(processes().empty());
    }

    void deploysAPlanWithItsDims()
    {
        OnnxBuilder builder;
        builder.input("x", {"N", 64}).weight("w1", {64, 64}).weight("w2", {64, 64});
        builder.node("MatMul", {"x", "w1"}, {"a"}).node("MatMul", {"a", "w2"}, {"y"});
        builder.output("y").save(file("free.onnx"));
        const Outcome planned = (*m_ctl)({word("plan"), word("free.onnx"), word("cluster.yaml"),
                                          word("--dim"), word("N=3"), word("--profile"),
                                          word("estimate"), word("-o"), word("plan.json")});
        QVERIFY2(planned.code == 0, planned.all());
        const QStringList deploy = {word("deploy"),    word("free.onnx"), word("cluster.yaml"),
                                    word("plan.json"), word("--local"),   word("--dry-run"),
                                    word("--json")};
        const Outcome outcome = (*m_ctl)(deploy);
        QVERIFY2(outcome.code == 0, outcome.all());
        const Outcome other = (*m_ctl)(deploy + QStringList{word("--dim"), word("M=3")});
        QVERIFY2(other.code == 3 && other.err.contains("M"), other.all());
    }

    void refusesThePlanOfAnother()
    {
        const Outcome planned =
            (*m_ctl)({word("plan"), word("small.onnx"), word("cluster.yaml"), word("--profile"),
                      word("estimate"), word("-o"), word("plan.json")});
        QVERIFY2(planned.code == 0, planned.all());
        const QStringList deploy = {word("deploy"),    word("small.onnx"), word("cluster.yaml"),
                                    word("plan.json"), word("--local"),    word("--dry-run"),
                                    word("--json")};
        QCOMPARE((*m_ctl)(deploy).code, 0);
        OnnxBuilder other;
        other.input("x", {1, 4}).node("Relu", {"x"}, {"y"}).output("y").save(file("small.onnx"));
        const Outcome outcome = (*m_ctl)(deploy);
        QCOMPARE(outcome.code, 3);
        QVERIFY2(outcome.err.contains("another model"), outcome.all());
    }

private:
    const QStringList kDeploy = {word("deploy"), word("small.onnx"), word("cluster.yaml"),
                                 word("--local"), word("--json")};

    [[nodiscard]] std::string file(const char* name) const
    {
        return m_ctl->path(word(name)).toStdString();
    }
    [[nodiscard]] QJsonObject deployed() const
    {
        const Outcome outcome = (*m_ctl)(kDeploy);
        if (outcome.code != 0)
            qWarning("%s", outcome.all().constData());
        return outcome.object();
    }
    [[nodiscard]] QJsonObject status() const
    {
        return (*m_ctl)({word("status"), word("--json")}).object();
    }
    [[nodiscard]] bool isUp(int stage) const
    {
        return status()[word("stages")][stage][word("up")].toBool();
    }
    [[nodiscard]] static int pid(const QJsonObject& release, int node)
    {
        return release[word("nodes")][node][word("pid")].toInt();
    }
    /// By its number, as it was told to us; gives it.
    int kill(const QJsonObject& release, int node) const
    {
        const auto process = deploy::processWith(pid(release, node));
        if (!process)
            qFatal("node %d does not run", node);
        ::kill(static_cast<pid_t>(process->pid), SIGKILL);
        if (!deploy::waitForEnd({&*process, 1}, std::chrono::seconds(5)))
            qFatal("node %d cannot be ended", node);
        return static_cast<int>(process->pid);
    }
    [[nodiscard]] std::vector<deploy::ProcessId> processes() const
    {
        return deploy::processesNaming(file("state"));
    }
    /// Until the deployment has started one, or has ended. Scripts that it runs before name the
    /// same folder.
    void waitForRunner(QProcess& deployment) const
    {
        const auto isRunner = [](const deploy::ProcessId& process) {
            const auto line = readFile(fmt::format("/proc/{}/cmdline", process.pid));
            return line && std::string(line->c_str()).ends_with("/millrace-stage");
        };
        for (auto all = processes(); std::none_of(all.begin(), all.end(), isRunner) &&
                                     deployment.state() != QProcess::NotRunning;
             all = processes())
            deployment.waitForFinished(1);
    }
    [[nodiscard]] QStringList releaseFolders() const
    {
        return QDir(m_ctl->path(word("state/releases")))
            .entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }
    static void secretsArePrivate(const QString& folder)
    {
        int secrets = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(folder.toStdString())) {
            struct stat status {
            };
            QCOMPARE(::stat(entry.path().c_str(), &status), 0);
            const auto extension = entry.path().extension();
            const bool isSecret = extension == ".key" || extension == ".json" ||
                                  extension == ".log" || entry.is_directory();
            if (isSecret && entry.path().filename() != "manifest.json")
                QVERIFY2((status.st_mode & 077U) == 0, entry.path().c_str());
            secrets += extension == ".key" ? 1 : 0;
        }
        QCOMPARE(secrets, 5);
    }
    std::unique_ptr<Ctl> m_ctl;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlRelease)
#include "tst_ctl_release.moc"
