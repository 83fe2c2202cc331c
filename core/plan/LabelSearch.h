// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/WalkRelaxation.h"

#include <vector>

namespace millrace::plan
{

/// Answer to "is there a plan with a bottleneck of at most b?"
enum class Verdict {
    Found,
    Refuted, ///< no plan within the cut space, by exhaustion or by the relaxation
    Unknown, ///< the search was cut short
};

/// Device and cuts of a stage, as positions in a StageSpace.
struct StagePlace {
    std::size_t device, from, to;
};

/// Searches a plan within the relaxation's threshold, cut by cut: a label is a set of used devices,
/// the last of them, where its stage ends and what was paid. A label that cannot finish within the
/// budget is dropped, and so is one that another on the same device and cut reaches with a subset
/// of the devices. Per cut only the `width` cheapest labels go on; when none was left out, finding
/// nothing refutes the threshold. With transfer and compute overlapping only. (Label setting with
/// dominance: Righini and Salani 2008; completion bounds: Christofides, Mingozzi, Toth 1981.)
struct LabelResult {
    Verdict verdict = Verdict::Unknown;
    std::vector<StagePlace> stages;
    std::int64_t labels = 0; ///< work done
};
[[nodiscard]] LabelResult labelSearch(const StageSpace& space, const WalkRelaxation& relaxation,
                                      std::size_t width, const std::function<bool()>& stopped);

/// The best cuts for stages on these devices in this order, by a dynamic programme over the
/// bottleneck; empty when the order holds no plan at all.
[[nodiscard]] std::vector<StagePlace> bestCuts(const StageSpace& space,
                                               const std::vector<std::size_t>& order);

} // namespace millrace::plan
