// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "work/Bench.h"

namespace millrace::work
{

/// What is sent in turn, and what the unpartitioned model answers to it.
struct BenchCases {
    std::vector<std::vector<inference::NamedTensor>> inputs;
    std::vector<std::vector<inference::NamedTensor>> answers; ///< empty: not compared
};

/// Seeded inputs that differ in more than their noise: each channel (axis 1, of three axes or more)
/// of a floating-point input has a level of its own. Many networks average plain noise away and
/// answer alike, and a mixed-up answer would pass.
[[nodiscard]] Result<std::vector<inference::NamedTensor>>
benchInput(const std::vector<onnx::Port>& ports, std::uint64_t seed);

/// Inputs by the release's manifest; answers by the model file, which must be the one that was
/// deployed: NotFound or InvalidArgument otherwise, with what to do.
[[nodiscard]] Result<BenchCases> benchCases(const deploy::Release& release,
                                            const BenchOptions& options, std::stop_token stop,
                                            ProgressSink& progress);

} // namespace millrace::work
