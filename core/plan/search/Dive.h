// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Random.h"
#include "plan/search/LabelSearch.h"
#include "plan/search/Pricing.h"

namespace millrace::plan
{

/// Looks for a plan in a few stretches: label searches with few labels lead to some share of the
/// work; of the beginnings that come so far, those go on whose rest the relaxation, with prices
/// made anew for the devices that are left, finds easiest. Where nearly all devices are wanted,
/// labels alone do not tell which of them have used up what the rest needs. (Diving with prices
/// made anew: Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa 2019; choosing among few by a closer look:
/// filtered beam search, Ow and Morton 1988.)
class Dive
{
public:
    /// All must outlive it.
    Dive(const StageSpace& space, Pricing& pricing, const std::function<bool()>& stopped);

    /// At the threshold of the prices, which stay as they are. Found; Refuted where prices or the
    /// first label search refute the threshold for all plans; else Unknown. `kept`: beginnings that
    /// go on from each stretch to the next; the larger, the more work. With other random numbers
    /// the first stretch ends elsewhere, so that other plans are looked at. `labels` of the result
    /// count prices, too.
    [[nodiscard]] LabelResult run(std::size_t kept, Random& random);

private:
    struct Node {
        Beginning beginning;
        std::vector<double> prices;
        double excess = 0; ///< of the cheapest walk over the budget, as a share of it
    };
    [[nodiscard]] std::vector<Node> lead(const std::vector<Node>& nodes,
                                         const LabelOptions& options);
    void choose(std::vector<Node>& nodes, std::size_t kept);
    void price(std::vector<Node>& nodes, int passes);

    const StageSpace& m_space;
    Pricing& m_pricing;
    const std::function<bool()>& m_stopped;
    LabelResult m_result;
};

} // namespace millrace::plan
