// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Trace.h"
#include "plan/search/WalkRelaxation.h"

#include <vector>

namespace millrace::plan
{

struct LabelOptions {
    std::size_t width = 8;           ///< labels that go on per cut
    std::size_t maxLabels = 4000000; ///< all of them; a label takes 40 to 160 bytes
    /// Labels that come to this share of the work do not go on; the cheapest of them, `kept` many,
    /// are beginnings to go on from.
    double until = 1;
    std::size_t kept = 0; ///< 0: all go on
};

struct LabelResult {
    Verdict verdict = Verdict::Unknown;
    std::vector<StagePlace> stages;    ///< Found
    std::int64_t labels = 0;           ///< work done
    std::vector<Beginning> beginnings; ///< Unknown: where labels stopped, the cheapest first
    /// Nothing found: by device, how often it was wanted but used where the search ended.
    std::vector<int> conflicts;
};

/// Searches a plan within the relaxation's threshold and budget, cut by cut: a label is a set of
/// used devices, the last of them, where its stage ends and what was paid. A label that cannot
/// finish within the budget is dropped, and so is one that another on the same device and cut
/// reaches with a subset of the devices. Per cut only the `width` cheapest labels go on, over all
/// cuts of as many layers twice as many; when none was left out, finding nothing refutes the
/// threshold, for plans with the relaxation's beginning. Where a stage could end later at no larger
/// payload, ending it earlier is only for relays: stages behind it on the way to a device it is not
/// linked to. (Label setting with dominance: Feillet et al. 2004; completion bounds: Christofides,
/// Mingozzi, Toth 1981.)
[[nodiscard]] LabelResult labelSearch(const StageSpace& space, const WalkRelaxation& relaxation,
                                      const LabelOptions& options,
                                      const std::function<bool()>& stopped);

} // namespace millrace::plan
