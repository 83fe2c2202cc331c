// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/WalkRelaxation.h"

namespace millrace::plan
{

/// Looks for the device prices that refute a threshold, from threshold to threshold: what was good
/// for one is nearly so for the next. Starts from the share of work or weights that each device can
/// take; then subgradient steps (Polyak 1969; deflected: Camerini, Fratta, Maffioli 1975), and
/// every second time prices as low as the costs of the cheapest walks between cuts allow.
class Pricing
{
public:
    using Price = WalkRelaxation::Price;

    struct Steps {
        double aim;      ///< how far beyond the proof one aims, as a share of the budget
        int patience;    ///< passes without a gain before they become shorter
        double shortest; ///< compared with the first ones
    };
    static constexpr Steps kQuick{0.03, 3, 0.05};
    /// For prices within a thousandth of the best.
    static constexpr Steps kThorough{0.008, 8, 0.01};
    /// For what is left of a plan: the prices of the whole are nearly right.
    static constexpr Steps kForRest{0.015, 3, 0.05};

    Pricing(const StageSpace& space, std::function<bool()> stopped);

    /// Works in at most `passes` runs of the relaxation, fewer when it gets nowhere. When it fails,
    /// the relaxation stands at the best prices found. A stop counts as failure.
    [[nodiscard]] bool refute(double threshold, int passes, Steps steps = kQuick);
    /// From now on refute() lets walks remember where they return at once. Only where the
    /// relaxation may.
    void remember() { m_isRemembering = true; }
    [[nodiscard]] bool isRemembering() const { return m_isRemembering; }
    /// Whether no walk at all keeps the threshold.
    [[nodiscard]] bool hasNoWalk(double threshold);
    /// The relaxation at a threshold with the prices as they are; true when that refutes it.
    bool evaluate(double threshold);
    /// From now on prices are for what is left of plans that begin so.
    void setBeginning(Beginning beginning) { m_relaxation.setBeginning(std::move(beginning)); }
    /// Dearer devices at the same threshold: what a search ran out of. `counts`: how often each was
    /// wanted.
    void raise(const std::vector<int>& counts, double share);
    void restore(const std::vector<double>& prices);

    [[nodiscard]] double excessShare() const { return excess() / WalkRelaxation::kScale; }
    [[nodiscard]] const WalkRelaxation& relaxation() const { return m_relaxation; }
    [[nodiscard]] WalkRelaxation& relaxation() { return m_relaxation; }
    /// By device, and the prices of too many and too few stages; they keep their meaning over
    /// problems with the same devices.
    [[nodiscard]] const std::vector<double>& prices() const { return m_prices; }
    void setPrices(std::vector<double> prices);

private:
    void startFromCoverage();
    [[nodiscard]] bool refuteByCoverage();
    void normalise();
    void run();
    void runForRefutation();
    [[nodiscard]] double excess() const;
    [[nodiscard]] std::vector<double> slope() const;
    void step(double target, double length);
    void tighten();

    const StageSpace& m_space;
    WalkRelaxation m_relaxation;
    std::function<bool()> m_stopped;
    std::size_t m_count, m_cuts;
    bool m_isPriced = false, m_isRemembering = false;
    double m_coverageAt = -1;        ///< threshold where coverage was tried
    std::vector<double> m_prices;    ///< devices, too many, too few
    std::vector<double> m_direction; ///< of the step before
};

} // namespace millrace::plan
