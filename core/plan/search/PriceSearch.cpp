// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/PriceSearch.h"

#include "plan/search/Bounds.h"
#include "plan/search/Recut.h"
#include "plan/search/Tuning.h"

#include <algorithm>
#include <cmath>

namespace millrace::plan
{
namespace
{

/// Prices before searches: fewer where a pass takes long.
int fewPasses(const StageSpace& space)
{
    if (!space.cuts.isChain())
        return tuning::kPassesInGraphs;
    const std::size_t states = space.devices.size() * space.cuts.size();
    return std::clamp(static_cast<int>(tuning::kPassStates / states), 1,
                      space.devices.size() <= tuning::kFewDevices ? tuning::kMostPassesForFew
                                                                  : tuning::kMostPasses);
}

} // namespace

PriceSearch::PriceSearch(const StageSpace& space, Incumbent& incumbent, Bounds bounds, double lower,
                         double within)
    : m_space(space), m_incumbent(incumbent), m_bounds(bounds),
      m_stopped([&incumbent] { return incumbent.stopped(); }), m_pricing(space, m_stopped),
      m_search(space, m_pricing, incumbent, m_stopped), m_top(std::min(ceiling(space), within)),
      m_lower(lower), m_afterRefuted(space.cuts.isChain() ? tuning::kMiddle : tuning::kNearPlan),
      m_fewPasses(fewPasses(space)),
      m_narrow(space.devices.size() >= tuning::kManyDevices ? tuning::kNarrowest : tuning::kNarrow)
{
}

bool PriceSearch::isClosed(double gap) const
{
    if (m_incumbent.isClosed())
        return true;
    const double best = std::min(m_incumbent.best(), m_top);
    return m_incumbent.hasPlan() && best - m_lower <= std::max(kTolerance, gap) * best;
}

void PriceSearch::raise(double threshold)
{
    m_lower = std::max(m_lower, threshold);
    if (m_bounds == Bounds::Everywhere)
        m_incumbent.raise(m_lower);
}

bool PriceSearch::refuted(double threshold, int passes, Pricing::Steps steps)
{
    const std::int64_t before = m_pricing.relaxation().runs();
    const bool none = m_pricing.refute(threshold, passes, steps);
    m_incumbent.countSteps(m_pricing.relaxation().runs() - before);
    if (none) {
        raise(threshold);
        m_certified = m_pricing.prices();
    }
    trace(Source::Prices, none ? Verdict::Refuted : Verdict::Unknown);
    if (!none && !m_certified.empty() && m_pricing.excessShare() > -tuning::kCollapsed &&
        !m_stopped()) {
        m_isOtherTurn = !m_isOtherTurn;
        if (m_isOtherTurn)
            return none;
        m_pricing.setPrices(m_certified);
        (void)m_pricing.evaluate(threshold);
    }
    return none;
}

Verdict PriceSearch::search(std::size_t width)
{
    const Verdict verdict = m_search.run(width);
    trace(Source::Labels, verdict);
    return verdict;
}

Verdict PriceSearch::searchWithConflicts(std::size_t width, int tries)
{
    const Verdict verdict = m_search.runWithConflicts(width, tries);
    trace(Source::Conflicts, verdict);
    return verdict;
}

void PriceSearch::trace(Source source, Verdict verdict) const
{
    m_incumbent.trace(m_phase, source, verdict, m_pricing.relaxation().threshold());
}

/// Walks go to and fro on few links.
bool PriceSearch::refutedRemembering(double threshold, int passes)
{
    const WalkRelaxation& relaxation = m_pricing.relaxation();
    if (m_pricing.isRemembering() || !relaxation.mayRemember() ||
        relaxation.reach().linkShare() > tuning::kFewLinks || isTightForDives())
        return false;
    m_pricing.remember();
    return refuted(threshold, passes);
}

void PriceSearch::recut(const std::vector<Stage>& before)
{
    std::vector<std::size_t> order;
    for (const Stage& stage : before) {
        const auto at = std::find(m_space.devices.begin(), m_space.devices.end(), stage.device);
        const auto position = static_cast<std::size_t>(at - m_space.devices.begin());
        if (at != m_space.devices.end() &&
            std::find(order.begin(), order.end(), position) == order.end())
            order.push_back(position);
    }
    const StageCount& limits = m_space.problem.stages;
    const auto count = static_cast<int>(order.size());
    if (m_space.problem.overlap == Overlap::Yes && !m_stopped() && count >= limits.min &&
        count <= limits.max.value_or(count))
        m_incumbent.offer(m_space, bestCuts(m_space, order, std::min(m_incumbent.best(), m_top)));
}

PriceSearch::End PriceSearch::run(double gap)
{
    climb();
    if (!m_incumbent.hasPlan() && !m_stopped())
        if (const End end = findFirst(); !m_incumbent.hasPlan())
            return end;
    return m_stopped() ? End::Stopped : close(gap);
}

/// From below in growing steps while the prices refute; the first failure shows where plans begin.
void PriceSearch::climb()
{
    m_phase = Phase::Climb;
    const bool hasPlan = m_incumbent.hasPlan();
    double rise = hasPlan ? tuning::kWarmRise : tuning::kRise;
    double threshold = std::max(m_lower, m_top * tuning::kLowest);
    if (m_expected > m_lower && hasPlan) {
        if (!descend())
            return;
        threshold = m_lower * (1 + rise);
    }
    while (threshold < std::min(m_top, m_incumbent.best()) && !m_stopped() &&
           refuted(threshold, m_fewPasses)) {
        threshold *= 1 + rise;
        rise *= hasPlan ? 2 : 1;
    }
}

/// Down from the bound that is expected, in growing steps; whether that holds at once.
bool PriceSearch::descend()
{
    const double best = m_incumbent.best();
    double drop = std::max(tuning::kNearlyClosed, 1 - m_expected / best);
    bool isRefuted = refuted(std::min(m_expected, best * (1 - kTolerance)), m_fewPasses);
    const bool isFirst = isRefuted;
    for (; !isRefuted && best * (1 - 2 * drop) > m_lower && !m_stopped(); drop *= 2)
        isRefuted = refuted(best * (1 - 2 * drop), m_fewPasses);
    return isFirst;
}

/// Loose thresholds first with few labels, then wider.
PriceSearch::End PriceSearch::findFirst()
{
    m_phase = Phase::FirstPlan;
    for (std::size_t width = m_narrow; width <= tuning::kWidest; width *= tuning::kWiden) {
        for (double factor = m_narrow < tuning::kNarrow ? tuning::kLooseForMany : tuning::kLoose;;
             factor *= factor) {
            const double threshold =
                std::min(m_top, std::max(m_lower, m_top * tuning::kLowest) * factor);
            if (threshold >= m_top && m_pricing.hasNoWalk(m_top))
                return m_stopped() ? End::Stopped : End::Infeasible;
            const bool none = refuted(threshold, m_fewPasses);
            if (m_stopped())
                return End::Stopped;
            Verdict verdict = Verdict::Refuted;
            if (!none)
                verdict = search(width);
            if (verdict == Verdict::Unknown && width > m_narrow)
                verdict = searchWithConflicts(width, tuning::kConflictTries);
            if (verdict == Verdict::Found)
                return End::Closed;
            if (m_stopped())
                return End::Stopped;
            if (verdict == Verdict::Refuted && threshold >= m_top)
                return End::Infeasible;
            if (threshold >= m_top)
                break;
        }
    }
    return End::CutShort;
}

/// Prices and searches in turns, each with more effort than before.
Verdict PriceSearch::decide(double threshold, std::size_t width, int efforts)
{
    m_phase = Phase::Halve;
    for (int effort = 0; effort < efforts; ++effort) {
        if (refuted(threshold, m_fewPasses << (2 * effort)))
            return Verdict::Refuted;
        if (effort > 0 && refutedRemembering(threshold, tuning::kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        if (m_stopped())
            return Verdict::Unknown;
        const bool isTight = isTightForDives();
        Verdict verdict = search(width);
        if (verdict == Verdict::Unknown && isTight) {
            raiseBound();
            return verdict;
        }
        if (verdict == Verdict::Unknown && effort > 0 && m_space.cuts.isChain())
            verdict = searchWithConflicts(width, tuning::kConflictTries);
        if (verdict != Verdict::Unknown)
            return verdict;
        width *= 2;
    }
    return Verdict::Unknown;
}

/// Just below the plan: prices once, then only wider searches can help.
Verdict PriceSearch::prove(double threshold, std::size_t width)
{
    m_phase = Phase::Prove;
    const bool isNew = threshold != m_proving;
    m_proving = threshold;
    if (refuted(threshold, isNew ? 1 : tuning::kManyPasses * m_fewPasses))
        return Verdict::Refuted;
    if (m_stopped())
        return Verdict::Unknown;
    Verdict verdict = search(width);
    if (isNew && verdict == Verdict::Unknown && !m_stopped()) {
        if (refuted(threshold, tuning::kManyPasses * m_fewPasses) ||
            refutedRemembering(threshold, tuning::kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        verdict = m_stopped() ? Verdict::Unknown : search(width);
        if (verdict == Verdict::Unknown && !m_stopped())
            verdict = searchWithConflicts(width, 0);
    }
    return verdict;
}

PriceSearch::End PriceSearch::close(double gap)
{
    std::size_t width = m_narrow;
    double target = tuning::kMiddle; // where between bound and plan to look, on a logarithmic scale
    bool wasProof = false;
    std::int64_t spent = 0; // on the search of the last turn
    const auto hard =
        tuning::kHard * static_cast<std::int64_t>(m_space.devices.size() * m_space.cuts.size());
    while (!m_stopped()) {
        if (isClosed(gap))
            return End::Closed;
        const double best = std::min(m_incumbent.best(), m_top);
        const double low = std::max(m_lower, best * tuning::kLowest);
        // After a long search for a proof in vain, the bound comes nearer with less.
        const bool isHard = wasProof && spent > hard;
        const bool nearly =
            (best - low < tuning::kNearlyClosed * best || target > tuning::kAskForProof) && !isHard;
        const std::int64_t before = m_search.work();
        wasProof = nearly;
        const double threshold =
            nearly ? best * (1 - kTolerance / 2) : low * std::pow(best / low, target);
        const Verdict verdict =
            nearly ? prove(threshold, width) : decide(threshold, width, isHard ? 1 : 2);
        spent = m_search.work() - before;
        if (m_stopped())
            break;
        if (verdict == Verdict::Found || verdict == Verdict::Refuted) {
            // A plan that was found below the threshold, but is no better than the best one,
            // differs from it by rounding only. So the threshold counts as refuted.
            if (verdict == Verdict::Refuted || m_incumbent.best() >= best)
                raise(threshold);
            target = verdict == Verdict::Refuted ? m_afterRefuted : tuning::kMiddle;
        } else if (improve(gap) == Verdict::Found || isHard) {
            target = tuning::kMiddle;
        } else if (!nearly) {
            target = 1 - (1 - target) / 2;
        } else if (width >= tuning::kWidest) {
            return End::CutShort;
        } else {
            width *= tuning::kWidenProof;
            target = tuning::kMiddle;
        }
    }
    return End::Stopped;
}

} // namespace millrace::plan
