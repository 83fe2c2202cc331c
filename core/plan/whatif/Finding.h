// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"
#include "plan/whatif/Changes.h"

namespace millrace::plan
{

/// What is known of the best plan after one change. A change can only help or only hurt, so that
/// the plan as it is bounds one side even before anything is planned anew.
struct Finding {
    Change change;
    /// Optimal: the bottleneck is proven; Infeasible: that there is no plan then. Feasible: to the
    /// gap or step limit asked for. Timeout, Cancelled: left open, it lies between the two figures.
    Status status = Status::Timeout;
    Seconds bottleneck = kNever; ///< of the best plan known; kNever: none
    Seconds lowerBound;
    bool operator==(const Finding&) const = default;
};

/// Left open: the figures may still come closer.
[[nodiscard]] bool isOpen(const Finding& finding);

/// Below by more than sums of the same times differ by rounding.
[[nodiscard]] bool isBelow(Seconds a, Seconds b);

/// Throughput after the change over that of the plan, minus one: 0.31 for 31 % more, -1 when no
/// plan is left, infinity when the plan has no stages and now there would be some; 0 when nothing
/// changes.
[[nodiscard]] double gain(const Solution& plan, const Finding& finding);

/// Why a change brings (or costs) nothing.
enum class NothingBecause {
    BottleneckStays, ///< the plan's bottleneck is elsewhere, and no plan avoids one as slow
    AnotherAsSlow,   ///< it widens the bottleneck, but every plan has another that is as slow
    NotUsed,         ///< the plan runs nothing on the device that is gone
    OthersTakeOver,  ///< other devices do the work of the one that is gone as well
    StillNoPlan      ///< infeasible before and after
};
/// Precondition: the finding is settled and its gain is 0.
[[nodiscard]] NothingBecause whyNothing(const Solution& plan, const Finding& finding);

/// Those worth a row: what changes something, unless a smaller step of the same resource, which
/// must stand before, does as much. The gains come first, the largest in front, then the losses.
[[nodiscard]] std::vector<Finding> notable(const Solution& plan,
                                           const std::vector<Finding>& findings);
/// The last step of each resource of which even that brings, or costs, nothing. Where there is no
/// plan there is nothing to lose.
[[nodiscard]] std::vector<Finding> worthless(const Solution& plan,
                                             const std::vector<Finding>& findings);

} // namespace millrace::plan
