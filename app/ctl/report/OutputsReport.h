// SPDX-License-Identifier: GPL-3.0-or-later
/// Answers of `run` and `infer`.
#pragma once

#include "ctl/Report.h"
#include "inference/Tensor.h"

#include <optional>
#include <vector>

namespace millrace::ctl
{

using Tensors = std::vector<inference::NamedTensor>;

/// What outputs.json lists.
[[nodiscard]] Json outputsJson(const Tensors& outputs);

/// `folder`: where they were written, if they were.
[[nodiscard]] Report runReport(const Tensors& outputs, const std::optional<std::string>& folder);

struct Inferred {
    Tensors outputs;
    Seconds latency; ///< dilation divided out
};
[[nodiscard]] Report inferReport(const std::string& release, const Inferred& inferred,
                                 const std::optional<std::string>& folder);

} // namespace millrace::ctl
