// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/LabelSearch.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace millrace::plan
{
namespace
{

using Price = WalkRelaxation::Price;
constexpr std::int32_t kNoParent = -1;

template <std::size_t kWords>
class Search
{
public:
    Search(const StageSpace& space, const WalkRelaxation& relaxation, std::size_t width,
           const std::function<bool()>& stopped)
        : m_space(space), m_relaxation(relaxation), m_width(width), m_stopped(stopped),
          m_count(space.devices.size()), m_cuts(space.cuts.size()),
          m_atLeast(std::max(1, space.problem.stages.min)),
          m_atMost(std::min(static_cast<int>(m_count),
                            space.problem.stages.max.value_or(static_cast<int>(m_count)))),
          m_waiting(m_cuts), m_leastPayload(m_count, std::numeric_limits<std::int64_t>::max())
    {
        for (std::size_t cut = 0; cut < m_cuts; ++cut)
            m_payload.push_back(space.cuts.payload(cut).value);
        for (std::size_t cut = 0; cut + 1 < m_cuts; ++cut)
            m_isChain = m_isChain && space.cuts.above(cut).test(cut + 1);
        // What every link of a device carries in time: below that no relay is ever needed.
        for (std::size_t d = 0; d < m_count; ++d)
            for (std::size_t other = 0; other < m_count; ++other)
                if (other != d)
                    m_leastPayload[d] = std::min(m_leastPayload[d], largest(d, other));
    }

    LabelResult run()
    {
        for (std::size_t d = 0; d < m_count; ++d)
            if (m_relaxation.startsFromSource(d) && mayUse({}, d))
                extend(kNoParent, 0, d);
        for (std::size_t cut = 1; cut + 1 < m_cuts && m_final == kNoParent; ++cut) {
            if (m_stopped())
                return result(Verdict::Unknown);
            for (const std::int32_t label : kept(cut))
                for (std::size_t d = 0; d < m_count && m_final == kNoParent; ++d)
                    if (mayUse(m_labels[at(label)].used, d) &&
                        m_relaxation.linkable(m_labels[at(label)].device, d, cut))
                        extend(label, cut, d);
            m_waiting[cut].clear();
        }
        if (m_final != kNoParent)
            return result(Verdict::Found);
        return result(m_complete ? Verdict::Refuted : Verdict::Unknown);
    }

private:
    using Used = std::array<std::uint64_t, kWords>;
    struct Label {
        Used used{};
        Price paid = 0;
        std::int32_t parent = kNoParent;
        std::uint16_t device = 0, from = 0, cut = 0;
        std::uint16_t before = 0; ///< the next stage must not go beyond this cut; 0: no such rule
        std::int16_t stages = 0;
    };

    [[nodiscard]] static std::size_t at(std::int32_t label)
    {
        return static_cast<std::size_t>(label);
    }
    [[nodiscard]] std::int64_t largest(std::size_t from, std::size_t to) const
    {
        std::int64_t most = -1;
        for (std::size_t cut = 1; cut + 1 < m_cuts; ++cut)
            if (m_payload[cut] > most && m_relaxation.linkable(from, to, cut))
                most = m_payload[cut];
        return most;
    }
    [[nodiscard]] static bool has(const Used& used, std::size_t device)
    {
        return (used[device / 64] >> (device % 64) & 1U) != 0;
    }
    /// Interchangeable devices are used in their order.
    [[nodiscard]] bool mayUse(const Used& used, std::size_t device) const
    {
        return !has(used, device) && (!m_space.twin[device] || has(used, *m_space.twin[device]));
    }
    [[nodiscard]] static bool isSubset(const Used& a, const Used& b)
    {
        for (std::size_t w = 0; w < kWords; ++w)
            if ((a[w] & ~b[w]) != 0)
                return false;
        return true;
    }

    /// Every way to put the next stage on the device, from the cut.
    void extend(std::int32_t parent, std::size_t cut, std::size_t device)
    {
        Label next;
        std::size_t limit = 0;
        if (parent != kNoParent) {
            const Label& from = m_labels[at(parent)];
            next.used = from.used;
            next.paid = from.paid;
            next.stages = from.stages;
            limit = from.before;
        }
        next.used[device / 64] |= std::uint64_t{1} << (device % 64);
        next.paid += m_relaxation.price(device);
        next.parent = parent;
        next.device = static_cast<std::uint16_t>(device);
        next.from = static_cast<std::uint16_t>(cut);
        ++next.stages;
        if (next.paid > m_relaxation.budget() || next.stages > m_atMost)
            return;
        const auto [begin, end] = m_relaxation.ends(device, cut);
        for (const std::uint16_t* to = end; to != begin;) {
            --to;
            if (limit != 0 && m_space.cuts.above(limit).test(*to))
                continue;
            const Price after = m_relaxation.costAfter(*to, device);
            if (after >= WalkRelaxation::kUnreachable || next.paid + after > m_relaxation.budget())
                continue;
            next.cut = *to;
            next.before = 0;
            if (*to + 1U == m_cuts) {
                if (next.stages < m_atLeast)
                    continue;
                m_labels.push_back(next);
                m_final = static_cast<std::int32_t>(m_labels.size()) - 1;
                return;
            }
            if (next.stages == m_atMost)
                continue;
            if (m_atLeast == 1 && !mayEndAt(next, to, end))
                continue;
            m_labels.push_back(next);
            m_waiting[*to].push_back(static_cast<std::int32_t>(m_labels.size()) - 1);
        }
    }

    /// Where a larger cut within reach has no larger payload, ending the stage there does as well
    /// for every next stage that goes beyond it. What is left is a relay: a next stage that does
    /// not, on the way to a device that this one has no link to.
    [[nodiscard]] bool mayEndAt(Label& label, const std::uint16_t* to, const std::uint16_t* end)
    {
        for (const std::uint16_t* later = to + 1; later != end; ++later) {
            if (m_payload[*later] > m_payload[*to] || !m_space.cuts.above(*to).test(*later) ||
                m_relaxation.costAfter(*later, label.device) >= WalkRelaxation::kUnreachable)
                continue;
            if (m_isChain && m_payload[*later] <= m_leastPayload[label.device])
                return false;
            label.before = *later;
            return true;
        }
        return true;
    }

    /// The labels at a cut that go on: those that no other dominates, the cheapest first.
    [[nodiscard]] const std::vector<std::int32_t>& kept(std::size_t cut)
    {
        std::vector<std::int32_t>& waiting = m_waiting[cut];
        const auto key = [this, cut](std::int32_t label) {
            const Label& l = m_labels[at(label)];
            return l.paid + m_relaxation.costAfter(cut, l.device);
        };
        std::sort(waiting.begin(), waiting.end(), [&](std::int32_t a, std::int32_t b) {
            const Label& x = m_labels[at(a)];
            const Label& y = m_labels[at(b)];
            return std::tuple(key(a), x.before != 0, x.used, x.device, a) <
                   std::tuple(key(b), y.before != 0, y.used, y.device, b);
        });
        m_kept.clear();
        for (const std::int32_t label : waiting) {
            if (m_kept.size() == m_width) {
                m_complete = false;
                break;
            }
            const bool dominated =
                std::any_of(m_kept.begin(), m_kept.end(), [&](std::int32_t other) {
                    return dominates(m_labels[at(other)], m_labels[at(label)]);
                });
            if (!dominated)
                m_kept.push_back(label);
        }
        return m_kept;
    }
    /// A free twin of a device that only `b` used serves `a` as the next twin serves `b`.
    [[nodiscard]] bool dominates(const Label& a, const Label& b) const
    {
        return a.device == b.device && (a.before == 0 || a.before == b.before) &&
               isSubset(a.used, b.used) && (a.stages >= m_atLeast || a.stages == b.stages);
    }
    [[nodiscard]] LabelResult result(Verdict verdict) const
    {
        LabelResult result{verdict, {}, static_cast<std::int64_t>(m_labels.size())};
        for (std::int32_t label = m_final; label != kNoParent; label = m_labels[at(label)].parent) {
            const Label& l = m_labels[at(label)];
            result.stages.push_back({l.device, l.from, l.cut});
        }
        std::reverse(result.stages.begin(), result.stages.end());
        return result;
    }

    const StageSpace& m_space;
    const WalkRelaxation& m_relaxation;
    std::size_t m_width;
    const std::function<bool()>& m_stopped;
    std::size_t m_count, m_cuts;
    int m_atLeast, m_atMost;
    std::vector<std::int64_t> m_payload;
    std::vector<Label> m_labels;
    std::vector<std::vector<std::int32_t>> m_waiting; ///< by cut
    std::vector<std::int32_t> m_kept;
    std::vector<std::int64_t> m_leastPayload;
    std::int32_t m_final = kNoParent;
    bool m_complete = true;
    bool m_isChain = true; ///< each cut holds the one before
};

} // namespace

LabelResult labelSearch(const StageSpace& space, const WalkRelaxation& relaxation,
                        std::size_t width, const std::function<bool()>& stopped)
{
    const std::size_t count = space.devices.size();
    if (count <= 64)
        return Search<1>(space, relaxation, width, stopped).run();
    if (count <= 256)
        return Search<4>(space, relaxation, width, stopped).run();
    if (count <= 1024)
        return Search<16>(space, relaxation, width, stopped).run();
    return {};
}

std::vector<StagePlace> bestCuts(const StageSpace& space, const std::vector<std::size_t>& order)
{
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const std::size_t cuts = space.cuts.size();
    const auto id = [&](std::size_t stage) { return space.devices[order[stage]]; };
    std::vector<std::vector<double>> best(order.size(), std::vector<double>(cuts, kInfinity));
    std::vector<std::vector<std::size_t>> starts(order.size(), std::vector<std::size_t>(cuts, 0));
    for (std::size_t k = 0; k < order.size(); ++k)
        for (std::size_t from = 0; from < cuts; ++from) {
            double reach = kInfinity;
            if (k == 0 && from == 0)
                reach = space.hop(space.problem.source, id(0), 0);
            else if (k > 0 && from > 0 && best[k - 1][from] < kInfinity)
                reach = std::max(best[k - 1][from], space.hop(id(k - 1), id(k), from));
            if (!(reach < kInfinity))
                continue;
            space.fits[order[k]][from].each([&](std::size_t to) {
                const double time = space.time[order[k]][to] - space.time[order[k]][from];
                const double bottleneck = std::max(reach, time);
                if (bottleneck < best[k][to]) {
                    best[k][to] = bottleneck;
                    starts[k][to] = from;
                }
            });
        }
    std::vector<StagePlace> stages;
    std::size_t to = space.cuts.last();
    if (!(best.back()[to] < kInfinity))
        return stages;
    for (std::size_t k = order.size(); k-- > 0; to = starts[k][to])
        stages.push_back({order[k], starts[k][to], to});
    std::reverse(stages.begin(), stages.end());
    return stages;
}

} // namespace millrace::plan
