// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Progress.h"
#include "deploy/Release.h"
#include "onnx/Model.h"

#include <stop_token>

namespace millrace::work
{

struct BenchOptions {
    int requests = 100;
    int warmup = 4;         ///< sent first, not counted
    int distinctInputs = 8; ///< seeded random inputs, in turn
    std::uint64_t seed = 1;
    bool compare =
        true; ///< with the unpartitioned model's answers, computed before the timed phase
};

/// Predicted beside measured, in the cluster's seconds.
struct StageResult {
    std::string device;
    Seconds predictedCompute;
    runtime::Summary compute;
    Bytes predictedMemory, peakMemory;
};
struct HopResult {
    std::string from, to;
    Bytes bytes;
    Seconds predictedTransfer;
    runtime::Summary transfer;
};
struct BenchResult {
    int requests = 0, answered = 0, lost = 0, failed = 0, mismatched = 0;
    double maxAbsError = 0;
    double throughput = 0, predictedThroughput = 0; ///< per second, dilation divided out
    bool comparable = true; ///< false: more than 2 % of the emulation's deadlines had passed
    double dilation = 1;
    std::uint64_t deadlines = 0, lateDeadlines = 0;
    runtime::Summary latency;
    std::vector<StageResult> stages;
    std::vector<HopResult> hops;
};

/// Sends requests as fast as the gateway takes them and checks every answer. Blocking. Errors:
/// what connecting gives; a release that stops answering ends with what was answered until then
/// counted, the rest `lost`.
[[nodiscard]] Result<BenchResult> bench(const deploy::Release& release, const BenchOptions& options,
                                        std::stop_token stop, ProgressSink& progress);

/// What the release's model takes and gives, from its manifest.
[[nodiscard]] Result<onnx::Manifest> releaseManifest(const deploy::Release& release);

} // namespace millrace::work
