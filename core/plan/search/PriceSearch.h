// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/GuidedSearch.h"
#include "plan/search/Tuning.h"

namespace millrace::plan
{

/// Closes in on the optimum over one space of stages, from both sides: prices refute thresholds,
/// searches guided by the same prices find plans, halfway between the two on a logarithmic scale.
class PriceSearch
{
public:
    enum class End { Closed, Stopped, Infeasible, CutShort };

    /// All must outlive it. Bounds go to the incumbent only when `bounds` says that they hold for
    /// every plan.
    enum class Bounds { Everywhere, InSpace };
    /// Plans beyond `within` are not looked for: where the space has all cuts for less only.
    PriceSearch(const StageSpace& space, Incumbent& incumbent, Bounds bounds, double lower,
                double within);

    /// Until the gap within the space is at most `gap`, or the incumbent's own is as asked for.
    [[nodiscard]] End run(double gap);

    /// Offers the devices of a plan before, those that are left, in their order with the best cuts.
    void recut(const std::vector<Stage>& before);
    /// Prices from a search like this one, and where that came to a bound.
    void setPrices(std::vector<double> prices, double expected)
    {
        m_pricing.setPrices(std::move(prices));
        m_expected = expected;
    }
    [[nodiscard]] const std::vector<double>& prices() const { return m_pricing.prices(); }
    /// The prices that refuted the bound; else the last ones.
    [[nodiscard]] const std::vector<double>& bestPrices() const
    {
        return m_certified.empty() ? prices() : m_certified;
    }
    /// Refuted within the space.
    [[nodiscard]] double lower() const { return m_lower; }

private:
    [[nodiscard]] bool isClosed(double gap) const;
    [[nodiscard]] bool refuted(double threshold, int passes,
                               Pricing::Steps steps = Pricing::kQuick);
    [[nodiscard]] Verdict search(std::size_t width);
    [[nodiscard]] Verdict searchWithConflicts(std::size_t width, int tries);
    void trace(Source source, Verdict verdict) const;
    void raise(double threshold);
    [[nodiscard]] Verdict decide(double threshold, std::size_t width, int efforts);
    [[nodiscard]] bool refutedRemembering(double threshold, int passes);
    [[nodiscard]] Verdict prove(double threshold, std::size_t width);
    void climb();
    [[nodiscard]] bool descend();
    [[nodiscard]] End findFirst();
    [[nodiscard]] Verdict improve(double gap);
    [[nodiscard]] bool mayDive() const;
    [[nodiscard]] bool isTightForDives() const;
    [[nodiscard]] Verdict dive();
    void raiseBound();
    [[nodiscard]] End close(double gap);

    const StageSpace& m_space;
    Incumbent& m_incumbent;
    Bounds m_bounds;
    std::function<bool()> m_stopped;
    Pricing m_pricing;
    GuidedSearch m_search;
    Phase m_phase = Phase::Climb;
    double m_top, m_lower;
    std::vector<double> m_certified; ///< prices that refuted m_lower
    bool m_isOtherTurn = false;      ///< whose prices lead, the bound's or those at hand
    double m_expected = 0;           ///< a bound worth trying first
    double m_proving = -1;           ///< threshold that prove() saw last
    /// Of dives: the share of the budget that is left over at their threshold, beginnings kept, the
    /// work when they were last done, and that beyond their share.
    double m_leftOver = tuning::kLeftOver;
    std::size_t m_kept = tuning::kFewKept;
    double m_workBefore = 0, m_workOwed = 0;
    /// Of raiseBound(): turns since it was last done, and how many it waits.
    int m_boundTurns = 0, m_boundPause = 0;
    double m_afterRefuted; ///< where to look then, between bound and plan
    int m_fewPasses;       ///< of prices before a search
    std::size_t m_narrow;  ///< width to begin with
};

} // namespace millrace::plan
