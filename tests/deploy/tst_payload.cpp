// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "base/File.h"
#include "base/Hash.h"
#include "deploy/Deploy.h"
#include "deploy/steps/Payload.h"
#include "support/QuietSteps.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

namespace fs = std::filesystem;

class TestPayload : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->path().toStdString();
        std::error_code ignored;
        for (const char* folder : {"split", "release", "device"})
            fs::create_directories(m_root / folder, ignored);
        write("split/stage-1.onnx", "first");
        write("split/stage-1.weights", "weights");
        write("split/stage-2.onnx", "second");
        write("millrace-stage", "runner");
        write("lib", "library");
        m_release = test::smallRelease(m_root / "release");
    }

    void stagesGetTheirModelsAndAllTheRunner()
    {
        const auto payloads = make();
        QVERIFY2(payloads, payloads ? "" : payloads.error().message.c_str());
        const std::vector<std::vector<std::string>> expected{
            {"millrace-stage", "libonnxruntime.so.1", "stage-1.onnx", "stage-1.weights"},
            {"millrace-stage", "libonnxruntime.so.1", "stage-2.onnx"},
            {"millrace-stage", "libonnxruntime.so.1"}};
        for (std::size_t n = 0; n < expected.size(); ++n) {
            std::vector<std::string> names;
            for (const PayloadFile& file : (*payloads)[n].files)
                names.push_back(file.name);
            QVERIFY(names == expected[n]);
        }
        const PayloadFile& weights = (*payloads)[0].files[3];
        QVERIFY(weights.kind == PayloadKind::Model && weights.size == Bytes{7});
        QCOMPARE(weights.sha256, sha256("weights"));
        QVERIFY((*payloads)[2].files[0].kind == PayloadKind::Program);
    }

    void aFileThatIsGoneIsNamed()
    {
        std::error_code ignored;
        fs::remove(m_root / "lib", ignored);
        const auto payloads = make();
        QVERIFY(!payloads && payloads.error().message.find("lib") != std::string::npos);
    }

    void everyNodeHasAKeyOfItsOwn()
    {
        auto payloads = make().value();
        m_release.gatewayFingerprint.clear();
        Emulation emulation;
        emulation.computeFactor = {{StageRef(), 1}, {StageRef{PipelineId(), 1}, 1}};
        QVERIFY(addConfigs(m_release, emulation, manifest(), payloads));
        QVERIFY(payloads[0].identity.fingerprint != payloads[1].identity.fingerprint);
        QCOMPARE(m_release.gatewayFingerprint, payloads[2].identity.fingerprint);
        QVERIFY(readFile(m_release.folder / "client.key"));
        for (const Payload& payload : payloads)
            QVERIFY(!payload.config.empty());
    }

    void eachContentIsMissingOnce()
    {
        const PayloadFile one{"one", m_root / "lib", sha256("library"), Bytes{7}, {}};
        PayloadFile two = one;
        two.name = "two";
        LocalAccess here;
        DeviceHost host = device(here);
        const auto missing = missingFiles(host, {one, two}, {});
        QVERIFY2(missing, missing ? "" : missing.error().message.c_str());
        QCOMPARE(missing->size(), 1U);
        QCOMPARE(missing->front().name, std::string("one"));
    }

    void whatIsThereIsNotSentAgain()
    {
        const auto payloads = make().value();
        LocalAccess here;
        DeviceHost host = device(here);
        const NodeTransfer first = sent(host, payloads, 0);
        QVERIFY(first.program == Bytes{13} && first.model == Bytes{12}); // as init() wrote them
        QCOMPARE(readFile(node("stage-1") / "stage-1.weights").value_or(""),
                 std::string("weights"));
        QVERIFY((fs::status(node("stage-1") / "millrace-stage").permissions() &
                 fs::perms::owner_exec) != fs::perms::none);
        const NodeTransfer second = sent(host, payloads, 1);
        QVERIFY(second.program == Bytes{} && second.model == Bytes{6});
        const NodeTransfer again = sent(host, payloads, 0);
        QVERIFY(again.program == Bytes{} && again.model == Bytes{});
    }

private:
    void write(const char* name, const std::string& content) const
    {
        QVERIFY(writeFileAtomically(m_root / name, content));
    }
    [[nodiscard]] static millrace::onnx::Manifest manifest()
    {
        const millrace::onnx::Port port{"x", graph::DType::Float32, {1}};
        return {std::string(64, 'a'),
                {port},
                {port},
                {{"stage-1.onnx", {port}, {port}, {}}, {"stage-2.onnx", {port}, {port}, {}}}};
    }
    [[nodiscard]] Result<std::vector<Payload>> make() const
    {
        const RunnerFiles runner{m_root / "millrace-stage", m_root / "lib", "x86_64", 0};
        return makePayloads(m_release, manifest(), m_root / "split",
                            {{"a", runner}, {"b", runner}, {"gate", runner}});
    }
    [[nodiscard]] DeviceHost device(HostAccess& access) const
    {
        return {{}, (m_root / "device").string(), access, {}};
    }
    [[nodiscard]] fs::path node(const char* name) const
    {
        return m_root / "device" / "releases" / m_release.id / name;
    }
    [[nodiscard]] NodeTransfer sent(DeviceHost& host, const std::vector<Payload>& payloads,
                                    std::size_t n) const
    {
        test::QuietSteps quiet;
        Steps steps(quiet);
        const auto transfer = sendPayload(host, m_release, m_release.nodes[n], payloads[n],
                                          TaskContext({}, steps, "a", StepId::Upload));
        return transfer.value_or(NodeTransfer{Bytes{-1}, Bytes{-1}});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
    Release m_release;
};

} // namespace

QTEST_GUILESS_MAIN(TestPayload)
#include "tst_payload.moc"
