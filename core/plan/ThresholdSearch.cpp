// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/ThresholdSearch.h"

#include <algorithm>
#include <cmath>

namespace millrace::plan
{
namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

} // namespace

ThresholdSearch::ThresholdSearch(const StageSpace& space, std::function<bool()> stopped)
    : m_space(space), m_problem(space.problem), m_cuts(space.cuts), m_devices(space.devices),
      m_time(space.time), m_twin(space.twin), m_stopped(std::move(stopped))
{
}

void ThresholdSearch::prepareThreshold(double threshold)
{
    m_threshold = threshold;
    const std::size_t count = m_devices.size();
    const std::size_t cuts = m_cuts.size();
    m_ends.assign(count, std::vector<Bits>(cuts, Bits(cuts)));
    m_linkable.assign(count * count, Bits(cuts));
    m_fromSource.assign(count, Bits(cuts));
    m_toSink.assign(count, Bits(cuts));
    for (std::size_t d = 0; d < count; ++d) {
        for (std::size_t from = 0; from < cuts; ++from)
            m_space.fits[d][from].each([&](std::size_t to) {
                if (m_time[d][to] - m_time[d][from] <= threshold)
                    m_ends[d][from].set(to);
            });
        const auto within = [threshold](double seconds) {
            return std::isfinite(seconds) && seconds <= threshold;
        };
        if (within(m_space.hop(m_problem.source, m_devices[d], 0)))
            m_fromSource[d].set(0);
        if (within(m_space.hop(m_devices[d], m_problem.sink, m_cuts.last())))
            m_toSink[d].set(m_cuts.last());
        for (std::size_t other = 0; other < count; ++other) {
            if (other == d || m_problem.bandwidth.at(m_devices[d], m_devices[other]).value <= 0)
                continue;
            for (std::size_t cut = 1; cut < m_cuts.last(); ++cut)
                if (m_space.hop(m_devices[d], m_devices[other], cut) <= threshold)
                    m_linkable[d * count + other].set(cut);
        }
        if (m_stopped())
            return;
    }
}

/// Walks that may visit a device twice: from which cuts can the end still be reached?
void ThresholdSearch::relaxBackward()
{
    const std::size_t count = m_devices.size();
    m_start.assign(count, Bits(m_cuts.size()));
    m_end = m_toSink;
    for (std::size_t cut = m_cuts.last(); cut-- > 0;) {
        for (std::size_t d = 0; d < count; ++d)
            if (m_ends[d][cut].intersects(m_end[d]))
                m_start[d].set(cut);
        for (std::size_t d = 0; d < count && cut > 0; ++d)
            for (std::size_t next = 0; next < count; ++next)
                if (next != d && m_start[next].test(cut) && linkable(d, next, cut)) {
                    m_end[d].set(cut);
                    break;
                }
    }
    for (std::size_t d = 0; d < count; ++d)
        for (std::size_t cut = 0; cut < m_cuts.size(); ++cut)
            m_ends[d][cut] &= m_end[d];
}

bool ThresholdSearch::walkExists(double threshold)
{
    prepareThreshold(threshold);
    if (m_stopped())
        return true;
    relaxBackward();
    for (std::size_t d = 0; d < m_devices.size(); ++d)
        if (m_fromSource[d].test(0) && m_start[d].test(0))
            return true;
    return false;
}

/// Each device used at most once: the largest shares of work, or of weights, that they can take
/// must add up to the whole.
bool ThresholdSearch::refutedByCoverage() const
{
    for (const std::vector<double>* measure : {&m_space.work, &m_space.weight}) {
        double covered = 0;
        for (std::size_t d = 0; d < m_devices.size(); ++d) {
            double share = 0;
            m_start[d].each([&](std::size_t from) {
                m_ends[d][from].each([&](std::size_t to) {
                    share = std::max(share, (*measure)[to] - (*measure)[from]);
                });
            });
            covered += share;
        }
        const double whole = measure->back();
        if (covered < whole * (1 - 1e-9))
            return true;
    }
    return false;
}

bool ThresholdSearch::mayUse(const Bits& used, std::size_t device) const
{
    return !used.test(device) && (!m_twin[device] || used.test(*m_twin[device]));
}

/// Adds to `target` every end of a stage on `device` that starts where `from` ended (or at the
/// source).
void ThresholdSearch::extend(Front& target, const Front* from, std::optional<DeviceId> sender,
                             std::size_t device)
{
    Bits starts = from == nullptr ? m_fromSource[device] : from->cuts;
    starts &= m_start[device];
    const bool overlap = m_problem.overlap == Overlap::Yes;
    starts.each([&](std::size_t start) {
        ++m_steps;
        if (overlap) {
            target.cuts |= m_ends[device][start];
            return;
        }
        const double receive = m_space.hop(sender, m_devices[device], start);
        if (from != nullptr && from->cost[start] + receive > m_threshold)
            return; // the sender's own send would take it over the threshold
        m_ends[device][start].each([&](std::size_t end) {
            const double cost = receive + (m_time[device][end] - m_time[device][start]);
            if (cost <= m_threshold && cost < target.cost[end]) {
                target.cost[end] = cost;
                target.cuts.set(end);
            }
        });
    });
}

ThresholdSearch::Layer ThresholdSearch::firstLayer()
{
    Layer layer;
    const bool overlap = m_problem.overlap == Overlap::Yes;
    for (std::size_t d = 0; d < m_devices.size(); ++d) {
        State state{Bits(m_devices.size()), d};
        if (!mayUse(state.used, d))
            continue;
        state.used.set(d);
        Front front{Bits(m_cuts.size()),
                    std::vector<double>(overlap ? 0 : m_cuts.size(), kInfinity)};
        extend(front, nullptr, m_problem.source, d);
        if (front.cuts.any())
            layer.emplace(std::move(state), std::move(front));
    }
    return layer;
}

ThresholdSearch::Layer ThresholdSearch::nextLayer(const Layer& layer)
{
    Layer next;
    const bool overlap = m_problem.overlap == Overlap::Yes;
    for (const auto& [state, front] : layer) {
        for (std::size_t d = 0; d < m_devices.size(); ++d) {
            if (!mayUse(state.used, d))
                continue;
            Front from{front.cuts, overlap ? std::vector<double>() : front.cost};
            from.cuts &= m_linkable[state.device * m_devices.size() + d];
            if (!from.cuts.any())
                continue;
            State target{state.used, d};
            target.used.set(d);
            const auto [at, isNew] = next.try_emplace(std::move(target));
            if (isNew)
                at->second = {Bits(m_cuts.size()),
                              std::vector<double>(overlap ? 0 : m_cuts.size(), kInfinity)};
            extend(at->second, &from, m_devices[state.device], d);
        }
        if (m_stopped())
            break;
    }
    std::erase_if(next, [](const auto& entry) { return !entry.second.cuts.any(); });
    return next;
}

/// Drops cuts that a subset of the devices reaches as well, on the same last device.
void ThresholdSearch::dominate(Layer& layer, const std::vector<Layer>& before) const
{
    // A smaller set may stand for a larger one only while the stage count it can end with is
    // allowed.
    const auto first = static_cast<std::size_t>(std::max(m_problem.stages.min, 1)) - 1;
    for (auto& [state, front] : layer) {
        for (std::size_t size = first; size < before.size(); ++size)
            for (const auto& [smaller, better] : before[size]) {
                if (smaller.device != state.device || !state.used.contains(smaller.used))
                    continue;
                if (m_problem.overlap == Overlap::Yes) {
                    front.cuts.subtract(better.cuts);
                    continue;
                }
                better.cuts.each([&than = better.cost, &costs = front.cost,
                                  &cuts = front.cuts](std::size_t cut) {
                    if (than[cut] <= costs[cut])
                        cuts.reset(cut);
                });
            }
        if (m_stopped())
            return;
    }
    std::erase_if(layer, [](const auto& entry) { return !entry.second.cuts.any(); });
}

/// Keeps the states that got furthest; false when some were dropped.
bool ThresholdSearch::narrow(Layer& layer) const
{
    if (layer.size() <= kMaxStates)
        return true;
    std::vector<std::pair<double, State>> ranked;
    for (const auto& [state, front] : layer) {
        double furthest = 0;
        front.cuts.each([&](std::size_t cut) { furthest = std::max(furthest, m_space.work[cut]); });
        ranked.emplace_back(-furthest, state);
    }
    std::nth_element(ranked.begin(), ranked.begin() + kMaxStates, ranked.end());
    for (auto it = ranked.begin() + kMaxStates; it != ranked.end(); ++it)
        layer.erase(it->second);
    return false;
}

bool ThresholdSearch::finishes(const State& state, const Front& front) const
{
    const std::size_t last = m_cuts.last();
    if (!front.cuts.test(last) || !m_toSink[state.device].test(last))
        return false;
    return m_problem.overlap == Overlap::Yes ||
           front.cost[last] + m_space.hop(m_devices[state.device], m_problem.sink, last) <=
               m_threshold;
}

ThresholdSearch::Decision
ThresholdSearch::decide(double threshold, const std::vector<std::optional<DeviceId>>& preferred)
{
    if (!walkExists(threshold))
        return {m_stopped() ? Verdict::Unknown : Verdict::Refuted, {}};
    if (m_stopped())
        return {};
    if (refutedByCoverage())
        return {Verdict::Refuted, {}};
    const auto maxStages = std::min<std::size_t>(
        m_devices.size(), static_cast<std::size_t>(
                              m_problem.stages.max.value_or(static_cast<int>(m_devices.size()))));
    bool complete = true;
    std::vector<Layer> layers;
    for (std::size_t count = 1; count <= maxStages; ++count) {
        Layer layer = count == 1 ? firstLayer() : nextLayer(layers.back());
        dominate(layer, layers);
        complete = narrow(layer) && complete;
        if (m_stopped())
            return {};
        layers.push_back(std::move(layer));
        if (count < static_cast<std::size_t>(m_problem.stages.min))
            continue;
        for (const auto& [state, front] : layers.back())
            if (finishes(state, front))
                return {Verdict::Found, backtrack(layers, state, preferred)};
        if (layers.back().empty())
            break;
    }
    return {complete ? Verdict::Refuted : Verdict::Unknown, {}};
}

/// From the end back to the source; where several predecessors serve, the one that moves fewest
/// layers off their preferred device, then the smallest payload.
std::vector<Stage>
ThresholdSearch::backtrack(const std::vector<Layer>& layers, State state,
                           const std::vector<std::optional<DeviceId>>& preferred) const
{
    const bool overlap = m_problem.overlap == Overlap::Yes;
    const auto moved = [&](DeviceId device, const std::vector<LayerId>& stage) {
        std::int64_t bytes = 0;
        for (const LayerId layer : stage)
            if (!preferred.empty() && preferred[layer.index()] != device)
                bytes += m_problem.layers[layer.index()].weightBytes.value;
        return bytes;
    };
    std::vector<Stage> stages;
    std::size_t end = m_cuts.last();
    double send = m_space.hop(m_devices[state.device], m_problem.sink, end);
    for (std::size_t k = layers.size(); k-- > 1;) {
        const std::size_t device = state.device;
        std::optional<std::tuple<std::int64_t, std::int64_t, std::size_t, std::size_t>> best;
        for (std::size_t sender = 0; sender < m_devices.size(); ++sender) {
            if (sender == device || !state.used.test(sender))
                continue;
            State before{state.used, sender};
            before.used.reset(device);
            const auto found = layers[k - 1].find(before);
            if (found == layers[k - 1].end())
                continue;
            found->second.cuts.each([&](std::size_t start) {
                if (!linkable(sender, device, start) || !m_ends[device][start].test(end))
                    return;
                const double receive = m_space.hop(m_devices[sender], m_devices[device], start);
                if (!overlap &&
                    (found->second.cost[start] + receive > m_threshold ||
                     receive + (m_time[device][end] - m_time[device][start]) + send > m_threshold))
                    return;
                const std::tuple candidate(
                    preferred.empty() ? 0 : moved(m_devices[device], m_cuts.layers(start, end)),
                    m_cuts.payload(start).value, sender, start);
                if (!best || candidate < *best)
                    best = candidate;
            });
        }
        assert(best);
        const auto [bytes, payload, sender, start] = *best;
        stages.push_back({m_devices[device], m_cuts.layers(start, end), {}, {}});
        send = m_space.hop(m_devices[sender], m_devices[device], start);
        end = start;
        state.used.reset(device);
        state.device = sender;
    }
    stages.push_back({m_devices[state.device], m_cuts.layers(0, end), {}, {}});
    std::reverse(stages.begin(), stages.end());
    return stages;
}

} // namespace millrace::plan
