// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceHost.h"
#include "deploy/Facts.h"
#include "deploy/NodeConfigs.h"
#include "deploy/Recipe.h"
#include "runtime/Identity.h"

namespace millrace::deploy
{

enum class PayloadKind { Model, Program };

/// A file that a node needs; hosts keep it under its hash.
struct PayloadFile {
    std::string name; ///< in the node's folder
    std::filesystem::path source;
    std::string sha256;
    Bytes size;
    PayloadKind kind = PayloadKind::Model;
};

/// What a node is given.
struct Payload {
    std::vector<PayloadFile> files;
    std::string config;         ///< config.json
    runtime::Identity identity; ///< node.crt and node.key
};

/// What was sent for a node; what was there already is not counted.
struct NodeTransfer {
    Bytes model, program;
};

/// The files of every node in the order of Release::nodes; `runners` by device.
[[nodiscard]] Result<std::vector<Payload>>
makePayloads(const Release& release, const onnx::Manifest& manifest,
             const std::filesystem::path& split, const std::map<std::string, RunnerFiles>& runners);
/// Keys for every node, and the configs that name them; writes the client's key into the release's
/// folder and sets the release's gateway fingerprint.
[[nodiscard]] Result<void> addConfigs(Release& release, const Emulation& emulation,
                                      const onnx::Manifest& manifest,
                                      std::vector<Payload>& payloads);

/// Which of these files the host lacks, each content once.
[[nodiscard]] Result<std::vector<PayloadFile>>
missingFiles(DeviceHost& host, const std::vector<PayloadFile>& files, const std::stop_token& stop);
/// Sends what is missing and makes the node's folder.
[[nodiscard]] Result<NodeTransfer> sendPayload(DeviceHost& host, const Release& release,
                                               const ReleaseNode& node, const Payload& payload,
                                               const TaskContext& context);

} // namespace millrace::deploy
