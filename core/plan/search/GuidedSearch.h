// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Random.h"
#include "plan/search/Incumbent.h"
#include "plan/search/Pricing.h"

namespace millrace::plan
{

/// Label searches at the threshold of the prices, which lead them; what they find goes to the
/// incumbent, with the best cuts for its devices.
class GuidedSearch
{
public:
    /// All must outlive it.
    GuidedSearch(const StageSpace& space, Pricing& pricing, Incumbent& incumbent,
                 const std::function<bool()>& stopped);

    /// With so many labels per cut; more where passes of the prices cost more than the labels did.
    Verdict run(std::size_t width);
    /// After a search whose labels died out: the devices that they wanted there but had used become
    /// dearer, up to `tries` times. More often, and by more each time, where it is clear which
    /// device was missed. The prices stay so only when that decides.
    Verdict runWithConflicts(std::size_t width, int tries);
    /// One dive (Dive.h), each another; `kept` beginnings go on from each stretch.
    Verdict dive(std::size_t kept);
    /// All of it up to now, in labels.
    [[nodiscard]] std::int64_t work() const { return m_work; }

private:
    void keep(const std::vector<StagePlace>& stages);

    const StageSpace& m_space;
    Pricing& m_pricing;
    Incumbent& m_incumbent;
    const std::function<bool()>& m_stopped;
    std::int64_t m_cheapLabels; ///< a search of so few is made wider at once
    int m_clearTries;           ///< when a search clearly missed one device
    std::int64_t m_work = 0;
    Random m_random{1};   ///< of its own, so that the same problem has the same plan
    LabelResult m_result; ///< of the last search
};

} // namespace millrace::plan
