// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Tensor.h"
#include "runtime/Metrics.h"
#include "runtime/NodeConfig.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

namespace millrace::runtime
{

/// Where a gateway listens and how it is known; `certificatePem` and `privateKeyPem` are the
/// client's own.
struct GatewayAddress {
    std::string release;
    Endpoint endpoint;
    std::string gatewayFingerprint;
    std::string certificatePem, privateKeyPem;
};

/// An answer as it comes back, in the order of the requests.
struct Answer {
    std::uint64_t request = 0;
    std::vector<inference::NamedTensor> outputs; ///< empty when it failed
    std::string error;                           ///< empty: computed
};

/// Asks a gateway how its release is, and tells it what to do. One connection; one thread at a
/// time. Errors: Network (gone, nobody listens), AuthFailed (refused), Timeout.
class StatusClient
{
public:
    [[nodiscard]] static Result<StatusClient> connect(const GatewayAddress& address,
                                                      std::chrono::milliseconds timeLimit,
                                                      std::stop_token stop);
    StatusClient(StatusClient&&) noexcept;
    StatusClient& operator=(StatusClient&&) noexcept;
    ~StatusClient();

    /// With the events after this number.
    [[nodiscard]] Result<LiveStatus> status(std::uint64_t eventsAfter, std::stop_token stop);
    /// Histograms, throughput and stage counters begin anew, on every node.
    [[nodiscard]] Result<void> resetMetrics(std::stop_token stop);
    /// No new requests; returns at once. status() tells when nothing is in flight any more.
    [[nodiscard]] Result<void> drain(std::stop_token stop);
    /// Every stage and the gateway end; requests in flight are given up.
    [[nodiscard]] Result<void> shutdown(std::stop_token stop);

private:
    struct Impl;
    explicit StatusClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Sends requests and takes their answers. submit() and answer() may be called from two different
/// threads at the same time; each from one at a time.
///
/// Where a connection breaks, or the gateway is started again, the client dials again by itself and
/// sends again what is unanswered: each request has exactly one answer. It keeps its inputs until
/// then. Only a gateway that is gone for a minute, or that ends its release, is an error (Network).
class RequestClient
{
public:
    [[nodiscard]] static Result<RequestClient> connect(const GatewayAddress& address,
                                                       std::chrono::milliseconds timeLimit,
                                                       std::stop_token stop);
    RequestClient(RequestClient&&) noexcept;
    RequestClient& operator=(RequestClient&&) noexcept;
    ~RequestClient();

    /// Numbers the requests 0, 1, 2, ... Blocks while the one before is not sent, and so while the
    /// gateway takes no more (back-pressure, or a stage is down). The gateway refuses tensors that
    /// do not fit the model with a failed answer.
    [[nodiscard]] Result<std::uint64_t> submit(const std::vector<inference::NamedTensor>& inputs,
                                               std::stop_token stop);
    /// The next answer, in the order of the requests; blocks. Timeout when none came in time; the
    /// next call may still get it.
    [[nodiscard]] Result<Answer> answer(std::chrono::milliseconds timeLimit, std::stop_token stop);

private:
    struct Impl;
    explicit RequestClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace::runtime
