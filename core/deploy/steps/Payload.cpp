// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/Payload.h"

#include "base/Hash.h"
#include "deploy/ReleaseParts.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace millrace::deploy
{
namespace
{

/// Bytes per second that a poor memory card still gives.
constexpr double kSlowestReading = 5e6;

/// The same files go to many nodes.
class Hashes
{
public:
    Result<PayloadFile> file(const std::string& name, const std::filesystem::path& source,
                             PayloadKind kind)
    {
        auto known = m_known.find(source);
        if (known == m_known.end()) {
            auto hash = sha256File(source);
            if (!hash)
                return tl::unexpected(hash.error());
            known = m_known.emplace(source, std::move(*hash)).first;
        }
        std::error_code error;
        const auto size = static_cast<std::int64_t>(std::filesystem::file_size(source, error));
        if (error)
            return fail(ErrorCode::Io, "{}: {}", source.string(), error.message());
        return PayloadFile{name, source, known->second, Bytes{size}, kind};
    }

private:
    std::map<std::filesystem::path, std::string> m_known;
};

/// Progress over several files.
class Bar final : public ssh::TransferSink
{
public:
    Bar(const TaskContext& context, Bytes total) : m_context(context), m_total(total) {}
    void sent(Bytes done, Bytes) override
    {
        const Bytes all = m_before + done;
        if ((all.value - m_shown.value) * 100 < m_total.value)
            return;
        m_shown = all;
        m_context.progress(all, m_total);
    }
    void next(Bytes size) { m_before += size; }

private:
    const TaskContext& m_context;
    Bytes m_total, m_before, m_shown;
};

std::string releaseFolder(const Release& release, const ReleaseNode& node)
{
    return "releases/" + release.id + "/" + node.name;
}

Result<void> sendPrivateFiles(DeviceHost& host, const std::string& folder, const Payload& payload,
                              const std::stop_token& stop)
{
    ssh::NoTransferSink quiet;
    const std::pair<const char*, const std::string*> files[] = {
        {"node.crt", &payload.identity.certificatePem},
        {"node.key", &payload.identity.privateKeyPem},
        {"config.json", &payload.config}};
    for (const auto& [name, content] : files) {
        ssh::Upload upload{std::string_view(*content), folder, name};
        if (const auto sent = host.upload(upload, quiet, stop); !sent)
            return inContext(name, sent.error());
    }
    return {};
}

} // namespace

Result<std::vector<Payload>> makePayloads(const Release& release, const onnx::Manifest& manifest,
                                          const std::filesystem::path& split,
                                          const std::map<std::string, RunnerFiles>& runners)
{
    Hashes hashes;
    std::vector<Payload> payloads(release.nodes.size());
    for (std::size_t n = 0; n < payloads.size(); ++n) {
        const RunnerFiles& runner = runners.at(release.nodes[n].device);
        std::vector<std::tuple<std::string, std::filesystem::path, PayloadKind>> wanted = {
            {"millrace-stage", runner.program, PayloadKind::Program},
            {"libonnxruntime.so.1", runner.library, PayloadKind::Program}};
        if (const auto* stage = std::get_if<StageRef>(&release.nodes[n].role))
            for (const auto& file :
                 stageFiles(split, manifest.stages[static_cast<std::size_t>(stage->stage)]))
                wanted.emplace_back(file.filename().string(), file, PayloadKind::Model);
        for (const auto& [name, source, kind] : wanted) {
            auto file = hashes.file(name, source, kind);
            if (!file)
                return tl::unexpected(file.error());
            payloads[n].files.push_back(std::move(*file));
        }
    }
    return payloads;
}

Result<void> addConfigs(Release& release, const Emulation& emulation,
                        const onnx::Manifest& manifest, std::vector<Payload>& payloads)
{
    Fingerprints fingerprints;
    for (std::size_t n = 0; n < payloads.size(); ++n) {
        auto identity = runtime::makeIdentity(release.nodes[n].name);
        if (!identity)
            return tl::unexpected(identity.error());
        payloads[n].identity = std::move(*identity);
        fingerprints.nodes.push_back(payloads[n].identity.fingerprint);
    }
    const auto client = writeIdentity(release.folder, "client", "client");
    if (!client)
        return tl::unexpected(client.error());
    fingerprints.client = *client;
    const NodeConfigs configs = nodeConfigs(release, emulation, manifest, fingerprints);
    for (std::size_t n = 0; n < payloads.size(); ++n) {
        if (const auto* stage = std::get_if<StageRef>(&release.nodes[n].role)) {
            payloads[n].config = runtime::writeStageConfig(configs.stages.at(*stage));
            continue;
        }
        release.gatewayFingerprint = fingerprints.nodes[n];
        payloads[n].config = runtime::writeGatewayConfig(configs.gateway);
    }
    return {};
}

Result<std::vector<PayloadFile>>
missingFiles(DeviceHost& host, const std::vector<PayloadFile>& files, const std::stop_token& stop)
{
    std::vector<std::string> hashes;
    Seconds hashing;
    for (const PayloadFile& file : files) {
        hashes.push_back(file.sha256);
        hashing += Seconds{static_cast<double>(file.size.value) / kSlowestReading};
    }
    const auto said = host.help("have", hashes, stop, {}, hashing);
    if (!said)
        return tl::unexpected(said.error());
    std::set<std::string> there;
    std::istringstream lines(*said);
    for (std::string line; std::getline(lines, line);)
        there.insert(line);
    std::vector<PayloadFile> missing;
    for (const PayloadFile& file : files)
        if (there.insert(file.sha256).second)
            missing.push_back(file);
    return missing;
}

Result<NodeTransfer> sendPayload(DeviceHost& host, const Release& release, const ReleaseNode& node,
                                 const Payload& payload, const TaskContext& context)
{
    const auto missing = missingFiles(host, payload.files, context.stop());
    if (!missing)
        return tl::unexpected(missing.error());
    NodeTransfer transfer;
    Bytes total;
    for (const PayloadFile& file : *missing)
        total += file.size;
    Bar bar(context, total);
    for (const PayloadFile& file : *missing) {
        ssh::Upload upload{file.source, "blobs", file.sha256};
        upload.sha256 = file.sha256;
        if (file.name == "millrace-stage")
            upload.mode = ssh::FileMode::Executable;
        const auto sent = host.upload(upload, bar, context.stop());
        if (!sent)
            return inContext(file.name, sent.error());
        bar.next(file.size);
        (file.kind == PayloadKind::Model ? transfer.model : transfer.program) += file.size;
    }
    std::vector<std::string> place{release.id, node.name};
    for (const PayloadFile& file : payload.files)
        place.insert(place.end(), {file.name, file.sha256});
    if (const auto placed = host.help("place", place, context.stop()); !placed)
        return tl::unexpected(placed.error());
    const auto sent = sendPrivateFiles(host, releaseFolder(release, node), payload, context.stop());
    return sent ? Result<NodeTransfer>(transfer) : tl::unexpected(sent.error());
}

} // namespace millrace::deploy
