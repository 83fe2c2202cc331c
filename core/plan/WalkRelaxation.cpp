// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/WalkRelaxation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace millrace::plan
{
namespace
{

/// What prices add up to, about: fine enough that rounding loses nothing that matters.
constexpr double kScale = 1 << 30;
constexpr std::uint16_t kNone = 0xffff;

} // namespace

WalkRelaxation::WalkRelaxation(const StageSpace& space, std::function<bool()> stopped)
    : m_space(space), m_stopped(std::move(stopped)), m_count(space.devices.size()),
      m_cuts(space.cuts.size()), m_prices(m_count, 0)
{
    for (std::size_t cut = 0; cut < m_cuts; ++cut)
        m_payload.push_back(space.cuts.payload(cut).value);
    m_byPayload.resize(m_cuts > 2 ? m_cuts - 2 : 0);
    std::iota(m_byPayload.begin(), m_byPayload.end(), std::size_t{1});
    std::sort(m_byPayload.begin(), m_byPayload.end(),
              [this](std::size_t a, std::size_t b) { return m_payload[a] < m_payload[b]; });
    m_after.resize(m_cuts * m_count);
    m_from.resize(m_cuts * m_count);
    m_bestEnd.resize(m_cuts * m_count);
    m_bestNext.resize(m_cuts * m_count);
}

void WalkRelaxation::setThreshold(double threshold)
{
    m_threshold = threshold;
    fillEnds();
    fillLinks();
}

void WalkRelaxation::fillEnds()
{
    m_ends.clear();
    m_firstEnd.assign(1, 0);
    for (std::size_t d = 0; d < m_count; ++d) {
        const std::vector<double>& time = m_space.time[d];
        for (std::size_t from = 0; from < m_cuts; ++from) {
            m_space.fits[d][from].each([&](std::size_t to) {
                if (time[to] - time[from] <= m_threshold)
                    m_ends.push_back(static_cast<std::uint16_t>(to));
            });
            m_firstEnd.push_back(static_cast<std::uint32_t>(m_ends.size()));
        }
        if (m_stopped())
            return m_firstEnd.resize(m_count * m_cuts + 1, m_firstEnd.back());
    }
}

/// A link carries every payload up to a largest one in time.
void WalkRelaxation::fillLinks()
{
    const auto inTime = [this](double seconds) {
        return std::isfinite(seconds) && seconds <= m_threshold;
    };
    m_largest.assign(m_count * m_count, -1);
    m_fromSource.assign(m_count, false);
    m_toSink.assign(m_count, false);
    for (std::size_t a = 0; a < m_count; ++a) {
        const DeviceId from = m_space.devices[a];
        m_fromSource[a] = inTime(m_space.hop(m_space.problem.source, from, 0));
        m_toSink[a] = inTime(m_space.hop(from, m_space.problem.sink, m_space.cuts.last()));
        for (std::size_t b = 0; b < m_count; ++b) {
            const DeviceId to = m_space.devices[b];
            if (a == b || m_space.problem.bandwidth.at(from, to).value <= 0)
                continue;
            const auto tooLarge =
                std::partition_point(m_byPayload.begin(), m_byPayload.end(), [&](std::size_t cut) {
                    return inTime(m_space.hop(from, to, cut));
                });
            if (tooLarge != m_byPayload.begin())
                m_largest[a * m_count + b] = m_payload[*std::prev(tooLarge)];
        }
    }
}

/// The cheapest device to go on with after a stage ends at the cut, for every device it ran on.
void WalkRelaxation::chooseNext(std::size_t cut)
{
    thread_local std::vector<std::pair<Price, std::uint16_t>> open;
    open.clear();
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_from[cut * m_count + d] < kUnreachable)
            open.emplace_back(m_from[cut * m_count + d], static_cast<std::uint16_t>(d));
    std::sort(open.begin(), open.end());
    for (std::size_t d = 0; d < m_count; ++d) {
        const std::size_t at = cut * m_count + d;
        m_after[at] = kUnreachable;
        for (const auto& [cost, next] : open)
            if (next != d && linkable(d, next, cut)) {
                m_after[at] = cost;
                m_bestNext[at] = next;
                break;
            }
    }
}

/// Backwards over the cuts, with the prices as they are.
void WalkRelaxation::run()
{
    ++m_passes;
    const std::size_t last = m_cuts - 1;
    for (std::size_t d = 0; d < m_count; ++d) {
        m_after[last * m_count + d] = m_toSink[d] ? 0 : kUnreachable;
        m_bestNext[last * m_count + d] = kNone;
    }
    for (std::size_t cut = last; cut-- > 0;) {
        for (std::size_t d = 0; d < m_count; ++d) {
            Price best = kUnreachable;
            std::uint16_t bestEnd = kNone;
            const auto [begin, end] = ends(d, cut);
            for (const std::uint16_t* to = begin; to != end; ++to) {
                const Price cost = m_after[*to * m_count + d];
                if (cost < best) {
                    best = cost;
                    bestEnd = *to;
                }
            }
            m_from[cut * m_count + d] = best < kUnreachable ? best + m_prices[d] : kUnreachable;
            m_bestEnd[cut * m_count + d] = bestEnd;
        }
        if (cut > 0)
            chooseNext(cut);
    }
}

WalkRelaxation::Price WalkRelaxation::cheapestWalk() const
{
    Price best = kUnreachable;
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_fromSource[d])
            best = std::min(best, m_from[d]);
    return best;
}

/// How often the cheapest walk is on each device.
std::vector<int> WalkRelaxation::visits() const
{
    std::vector<int> visits(m_count, 0);
    std::size_t device = m_count;
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_fromSource[d] && (device == m_count || m_from[d] < m_from[device]))
            device = d;
    std::size_t cut = 0;
    while (true) {
        ++visits[device];
        cut = m_bestEnd[cut * m_count + device];
        if (cut == m_cuts - 1)
            return visits;
        device = m_bestNext[cut * m_count + device];
    }
}

bool WalkRelaxation::walkExists()
{
    const std::vector<Price> kept = std::exchange(m_prices, std::vector<Price>(m_count, 0));
    run();
    m_prices = kept;
    return cheapestWalk() < kUnreachable;
}

/// The share of the work or of the weights that each device can take within the threshold,
/// whichever adds up to less: a bound of its own when it is below the whole.
void WalkRelaxation::startFromCoverage()
{
    double least = std::numeric_limits<double>::infinity();
    for (const std::vector<double>* measure : {&m_space.work, &m_space.weight}) {
        const double whole = std::max(measure->back(), 1e-300);
        std::vector<double> shares(m_count, 0);
        for (std::size_t d = 0; d < m_count; ++d)
            for (std::size_t from = 0; from < m_cuts; ++from) {
                const auto [begin, end] = ends(d, from);
                for (const std::uint16_t* to = begin; to != end; ++to)
                    shares[d] = std::max(shares[d], ((*measure)[*to] - (*measure)[from]) / whole);
            }
        const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
        if (measure->back() <= 0 || sum >= least)
            continue;
        least = sum;
        for (std::size_t d = 0; d < m_count; ++d)
            m_prices[d] = static_cast<Price>(std::ceil(shares[d] * kScale));
    }
    m_priced = true;
}

void WalkRelaxation::normalise()
{
    m_budget = std::accumulate(m_prices.begin(), m_prices.end(), Price{0});
    if (m_budget <= 0)
        m_prices.assign(m_count, static_cast<Price>(kScale / static_cast<double>(m_count)));
    const double factor = kScale / static_cast<double>(std::max<Price>(1, m_budget));
    if (m_budget > 0 && (factor < 0.5 || factor > 2))
        for (Price& price : m_prices)
            price = static_cast<Price>(static_cast<double>(price) * factor);
    m_budget = std::accumulate(m_prices.begin(), m_prices.end(), Price{0});
}

/// Dearer what the cheapest walk visits often, cheaper what it leaves out.
void WalkRelaxation::step(const std::vector<int>& visits, double missing, double length)
{
    double norm = 0;
    for (std::size_t d = 0; d < m_count; ++d)
        if (visits[d] != 0 || m_prices[d] > 0)
            norm += (visits[d] - 1) * (visits[d] - 1);
    if (norm == 0)
        return;
    for (std::size_t d = 0; d < m_count; ++d) {
        const double change = length * missing / norm * (visits[d] - 1);
        m_prices[d] = std::max<Price>(0, m_prices[d] + static_cast<Price>(change));
    }
}

/// With the least cost from each cut as a potential, a device needs no higher price than the
/// largest potential one of its stages crosses.
void WalkRelaxation::tighten()
{
    std::vector<Price> potential(m_cuts, 0);
    for (std::size_t cut = 0; cut + 1 < m_cuts; ++cut) {
        potential[cut] = kUnreachable;
        for (std::size_t d = 0; d < m_count; ++d)
            potential[cut] = std::min(potential[cut], m_from[cut * m_count + d]);
    }
    for (std::size_t d = 0; d < m_count; ++d) {
        Price most = 0;
        for (std::size_t from = 0; from < m_cuts; ++from) {
            if (m_from[from * m_count + d] >= kUnreachable)
                continue;
            const auto [begin, end] = ends(d, from);
            for (const std::uint16_t* to = begin; to != end; ++to)
                if (m_after[*to * m_count + d] < kUnreachable && potential[*to] < kUnreachable)
                    most = std::max(most, potential[from] - potential[*to]);
        }
        m_prices[d] = std::min(m_prices[d], most);
    }
}

bool WalkRelaxation::refute(int passes)
{
    if (!m_priced)
        startFromCoverage();
    normalise();
    std::vector<Price> best = m_prices;
    double bestRatio = -1;
    double length = 1;
    int worse = 0;
    for (int pass = 0; pass < passes && !m_stopped(); ++pass) {
        normalise();
        run();
        const Price cheapest = cheapestWalk();
        if (cheapest > m_budget)
            return true;
        const double ratio = static_cast<double>(cheapest) / static_cast<double>(m_budget);
        if (ratio > bestRatio) {
            bestRatio = ratio;
            best = m_prices;
            worse = 0;
        } else if (++worse >= 4) {
            worse = 0;
            length /= 2;
            m_prices = best;
            normalise();
            run();
        }
        if (length < 0.02)
            break;
        const double missing = 1.05 * static_cast<double>(m_budget) - static_cast<double>(cheapest);
        if (pass % 2 == 1)
            tighten();
        step(visits(), missing, length);
    }
    m_prices = best;
    normalise();
    run();
    return cheapestWalk() > m_budget;
}

} // namespace millrace::plan
