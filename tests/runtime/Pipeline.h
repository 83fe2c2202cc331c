// SPDX-License-Identifier: GPL-3.0-or-later
/// A release in this process: every node a thread, with real sockets, certificates and sessions.
#pragma once

#include "onnx/Model.h"
#include "runtime/GatewayClient.h"
#include "runtime/Identity.h"
#include "runtime/Node.h"

#include <QTemporaryDir>

#include <thread>

namespace millrace::test
{

class Pipeline
{
public:
    /// A small model with a tensor that skips a stage, in three stages.
    Pipeline();
    ~Pipeline(); ///< ends all nodes
    void start();
    void startStage(std::size_t stage);
    void endStage(std::size_t stage); ///< drops what it holds, as a crash does
    void startGateway();
    void endGateway(); ///< as endStage()
    [[nodiscard]] runtime::GatewayAddress address() const;
    [[nodiscard]] runtime::StageConfig& stage(std::size_t stage) { return m_stages[stage]; }
    [[nodiscard]] runtime::GatewayConfig& gateway() { return m_gateway; }
    [[nodiscard]] const runtime::Identity& identity(const std::string& name) const
    {
        return m_identities.at(name);
    }
    [[nodiscard]] std::vector<inference::NamedTensor> input(std::uint64_t seed) const;
    /// The whole model's answer.
    [[nodiscard]] inference::Tensor expected(std::uint64_t seed) const;
    /// Asks until all is well, or 10 s.
    [[nodiscard]] bool waitUntilServing() const;
    [[nodiscard]] runtime::LiveStatus status() const;

private:
    void writeNode(const std::string& name) const;

    QTemporaryDir m_folder;
    std::optional<onnx::Model> m_model;
    std::map<std::string, runtime::Identity> m_identities;
    std::vector<runtime::StageConfig> m_stages;
    runtime::GatewayConfig m_gateway;
    std::vector<std::jthread> m_threads; ///< stages, then the gateway
};

} // namespace millrace::test
