// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"

#include <cstdint>
#include <string_view>

namespace millrace::plan
{

/// Phases of the search, as README.md beside this room teaches them.
enum class Phase { Start, Climb, FirstPlan, Halve, Dive, Prove, Settle };
[[nodiscard]] std::string_view name(Phase phase); ///< "start", "climb", "first_plan", ...

/// What answered: a plan known before, the bound of all cuts, prices, a label search with them, one
/// with dearer devices where labels had died out, a dive, or the search among equally good plans.
enum class Source { WarmStart, Bound, Prices, Labels, Conflicts, Dive, Ties };
[[nodiscard]] std::string_view name(Source source); ///< "warm_start", "bound", "prices", ...

/// Answer to "is there a plan with a bottleneck of at most b?"
enum class Verdict {
    Found,
    Refuted, ///< no plan within the cut space, by exhaustion or by the relaxation
    Unknown, ///< the search was cut short
};
[[nodiscard]] std::string_view name(Verdict verdict); ///< "found", "refuted", "unknown"

/// One question of the search and its answer.
struct TraceEvent {
    Phase phase = Phase::Start;
    Source source = Source::Bound;
    Verdict verdict = Verdict::Unknown;
    Seconds threshold;          ///< asked about
    Seconds lowerBound;         ///< after it; of all plans
    Seconds incumbent = kNever; ///< the best plan after it; kNever: none
    std::int64_t steps = 0;     ///< work up to now, as a step limit counts it
    bool operator==(const TraceEvent&) const = default;
};

} // namespace millrace::plan
