// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/LabelSearch.h"

#include "plan/EndChoices.h"
#include "plan/Labels.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{
namespace
{

using Price = WalkRelaxation::Price;

template <std::size_t kWords>
class Search
{
public:
    Search(const StageSpace& space, const WalkRelaxation& relaxation, const LabelOptions& options,
           const std::function<bool()>& stopped)
        : m_space(space), m_relaxation(relaxation), m_reach(relaxation.reach()), m_options(options),
          m_stopped(stopped), m_count(space.devices.size()), m_cuts(space.cuts.size()),
          m_atLeast(std::max(1, space.problem.stages.min)),
          m_atMost(space.problem.stages.max.value_or(static_cast<int>(m_cuts))),
          m_overlap(space.problem.overlap == Overlap::Yes),
          m_until(options.kept > 0 ? options.until * space.work.back()
                                   : std::numeric_limits<double>::infinity()),
          m_waiting(space.cuts, options.width), m_rising(m_count), m_choices(space, relaxation),
          m_sameDevice(m_count), m_most(WaitingLabels<kWords>::most(options.width))
    {
    }

    LabelResult run()
    {
        begin();
        for (const std::size_t cut : m_waiting.sequence()) {
            if (m_waiting.at(cut).empty())
                continue;
            if (m_space.work[cut] >= m_until) {
                m_stopCuts.push_back(cut);
                continue;
            }
            if (m_stopped() || m_labels.size() > m_options.maxLabels)
                return result(Verdict::Unknown);
            Price paid = WalkRelaxation::kUnreachable;
            for (const Label& label : m_waiting.at(cut))
                paid = std::min(paid, label.paid);
            begin(cut, paid);
            m_furthest = cut;
            for (const std::int32_t label : kept(cut)) {
                extendAll(label, cut);
                if (m_final != kNoParent)
                    return result(Verdict::Found);
            }
            m_waiting.drop(cut);
        }
        if (m_final != kNoParent)
            return result(Verdict::Found);
        // A stop may have ended the relaxation half done: it leaves out what it did not come to.
        const bool isComplete = m_complete && m_waiting.isComplete() && m_stopCuts.empty();
        return result(isComplete && !m_stopped() ? Verdict::Refuted : Verdict::Unknown);
    }

private:
    using Label = plan::Label<kWords>;
    static constexpr std::int32_t kNoParent = Label::kNoParent;
    static constexpr std::uint16_t kNone = Label::kNone;

    [[nodiscard]] static std::size_t at(std::int32_t label)
    {
        return static_cast<std::size_t>(label);
    }
    /// Interchangeable devices are used in their order.
    [[nodiscard]] bool mayUse(const Label& label, std::size_t device) const
    {
        return !label.uses(device) && (!m_space.twin[device] || label.uses(*m_space.twin[device]));
    }

    /// The labels of the first stage after the beginning.
    void begin()
    {
        const std::vector<StagePlace>& stages = m_relaxation.beginning().stages;
        begin(m_relaxation.start(), 0);
        if (!stages.empty()) {
            m_labels.push_back(lastOf(m_relaxation.beginning()));
            extendAll(0, m_relaxation.start());
            return;
        }
        for (const std::uint16_t d : m_rising)
            if (m_final == kNoParent && m_reach.startsFromSource(d) && mayUse(Label(), d))
                extend(kNoParent, 0, d);
        m_complete = m_complete && m_leftOut == WalkRelaxation::kUnreachable;
    }
    /// As a label, which has paid nothing yet.
    [[nodiscard]] static Label lastOf(const Beginning& beginning)
    {
        const StagePlace& last = beginning.stages.back();
        Label label;
        for (const StagePlace& stage : beginning.stages)
            label.used[stage.device / 64] |= std::uint64_t{1} << (stage.device % 64);
        label.busy = beginning.busy;
        label.device = static_cast<std::uint16_t>(last.device);
        label.from = static_cast<Cut>(last.from);
        label.cut = static_cast<Cut>(last.to);
        label.stages = static_cast<std::uint16_t>(beginning.stages.size());
        return label;
    }

    /// Devices by what a walk that goes on there still pays.
    void begin(std::size_t cut, Price paid)
    {
        const Price* costs = m_relaxation.costsFrom(cut);
        m_choices.moveTo(cut, paid);
        m_rising.clear();
        for (std::size_t d = 0; d < m_count; ++d)
            if (costs[d] < WalkRelaxation::kUnreachable)
                m_rising.push_back(static_cast<std::uint16_t>(d));
        // Used devices are passed over, so that some more than are extended are put in order.
        const std::size_t sorted = std::min(m_rising.size(), 16 * m_most);
        const auto end = m_rising.begin() + static_cast<std::ptrdiff_t>(sorted);
        std::partial_sort(m_rising.begin(), end, m_rising.end(),
                          [costs](std::uint16_t a, std::uint16_t b) {
                              return std::pair(costs[a], a) < std::pair(costs[b], b);
                          });
        m_leftOut = sorted < m_rising.size() ? costs[*end] : WalkRelaxation::kUnreachable;
        m_rising.erase(end, m_rising.end());
    }

    void extendAll(std::int32_t label, std::size_t cut)
    {
        const Price* costs = m_relaxation.costsFrom(cut);
        std::size_t extended = 0;
        for (const std::uint16_t d : m_rising) {
            const Label& from = m_labels[at(label)];
            if (m_final != kNoParent || from.paid + costs[d] > m_relaxation.budget())
                return;
            if (!m_reach.linkable(from.device, d, cut) || !mayUse(from, d))
                continue;
            // With few labels kept, the dearest of a thousand devices will not be among them.
            if (extended++ == m_most) {
                m_complete = false;
                return;
            }
            extend(label, cut, d);
        }
        m_complete = m_complete && m_leftOut == WalkRelaxation::kUnreachable;
    }

    [[nodiscard]] Label begun(std::int32_t parent, std::size_t cut, std::uint16_t device) const
    {
        Label next = parent == kNoParent ? Label() : m_labels[at(parent)];
        next.busy = 0;
        next.used[device / 64] |= std::uint64_t{1} << (device % 64);
        next.paid += m_relaxation.entry(device);
        next.parent = parent;
        next.device = device;
        next.from = static_cast<Cut>(cut);
        ++next.stages;
        return next;
    }
    /// Every way to put the next stage on the device, from the cut.
    void extend(std::int32_t parent, std::size_t cut, std::uint16_t device)
    {
        Label next = begun(parent, cut, device);
        const Cut before = next.before;
        if (next.stages > m_atMost)
            return;
        double receive = 0;
        if (!m_overlap) {
            const auto sender = parent == kNoParent
                                    ? m_space.problem.source
                                    : std::optional(m_space.devices[m_labels[at(parent)].device]);
            receive = m_space.hop(sender, m_space.devices[device], cut);
            if (parent != kNoParent && m_labels[at(parent)].busy + receive > within())
                return;
        }
        const bool mayCross = before == 0 || !m_reach.linkable(next.bypass, device, before);
        std::size_t ends = 0;
        for (const EndChoices::Choice& choice : m_choices.of(device)) {
            if (next.paid + choice.after > m_relaxation.budget())
                continue;
            // Of hundreds of ends, with few labels kept, the dearest will not be among them.
            if (!m_reach.isSliding() && ends++ > m_options.width) {
                m_complete = false;
                return;
            }
            const bool crosses =
                before != 0 && (cut == before || m_space.cuts.isAbove(choice.to, before));
            if (crosses && !mayCross)
                continue;
            if (takesAnother(next, choice.to))
                continue;
            const bool keepsRelay =
                before != 0 && !crosses &&
                (choice.to == before || m_space.cuts.isAbove(before, choice.to));
            add(next, choice, keepsRelay, receive);
            if (m_final != kNoParent)
                return;
        }
    }
    /// Whether the stage takes the layer that must be alone together with others.
    [[nodiscard]] bool takesAnother(const Label& label, std::size_t to) const
    {
        if (label.alone == kNone || !m_space.cuts.holds(to, LayerId(label.alone)))
            return false;
        return !m_space.cuts.isAlone(label.from, to, LayerId(label.alone));
    }
    [[nodiscard]] double within() const { return m_reach.threshold() * (1 + 1e-12); }

    /// What the stage's end asks of those that follow.
    void setRelay(Label& next, const EndChoices::Choice& choice, bool keepsRelay) const
    {
        if (!keepsRelay) {
            next.before = 0;
            next.bypass = kNone;
            // Going without the relay takes a stage away, which must not be missed.
            if (choice.before != 0 && next.stages >= m_atLeast) {
                next.before = choice.before;
                next.bypass = next.device;
            }
        }
        if (next.alone != kNone && m_space.cuts.holds(choice.to, LayerId(next.alone))) {
            // The stage before could have taken it, so without this one there must be no link.
            next.alone = kNone;
            if (next.stages > m_atLeast) {
                next.before = choice.to;
                next.bypass = m_labels[at(next.parent)].device;
            }
        }
        if (next.alone == kNone && choice.alone)
            next.alone = static_cast<std::uint16_t>(choice.alone->index());
    }
    void add(Label next, const EndChoices::Choice& choice, bool keepsRelay, double receive)
    {
        const std::size_t cut = next.from;
        next.cut = choice.to;
        next.paid += m_relaxation.moved(next.device, cut, choice.to);
        setRelay(next, choice, keepsRelay);
        if (!m_overlap) {
            next.busy = receive + m_space.compute(next.device, cut, choice.to);
            if (next.busy > within())
                return;
        }
        if (choice.to + 1U == m_cuts)
            return finish(next);
        if (next.stages == m_atMost)
            return;
        ++m_generated;
        next.key = next.paid + stillToPay(next);
        if (next.key > m_relaxation.budget())
            return;
        m_waiting.add(next);
    }
    [[nodiscard]] Price stillToPay(const Label& label) const
    {
        if constexpr (kWords == 1)
            return m_relaxation.costAfter(label.cut, label.device, label.used[0]);
        return m_relaxation.costAfter(label.cut, label.device);
    }
    void finish(const Label& last)
    {
        if (last.stages < m_atLeast)
            return;
        if (last.before != 0 && last.bypass != last.device && m_reach.endsAtSink(last.bypass))
            return;
        if (!m_overlap && last.busy + m_space.hop(m_space.devices[last.device],
                                                  m_space.problem.sink, m_cuts - 1) >
                              within())
            return;
        m_labels.push_back(last);
        m_final = static_cast<std::int32_t>(m_labels.size()) - 1;
    }

    /// The labels at a cut that go on: those that no other dominates, the cheapest first.
    [[nodiscard]] const std::vector<std::int32_t>& kept(std::size_t cut)
    {
        m_kept.clear();
        for (auto& labels : m_sameDevice)
            labels.clear();
        for (const auto& [key, rank, number] : m_waiting.rising(cut)) {
            const Label& label = m_waiting.at(cut)[number];
            if (m_kept.size() == m_options.width) {
                m_complete = false;
                break;
            }
            std::vector<std::int32_t>& others = m_sameDevice[label.device];
            if (isDominated(label, others))
                continue;
            m_labels.push_back(label);
            others.push_back(static_cast<std::int32_t>(m_labels.size()) - 1);
            m_kept.push_back(others.back());
        }
        return m_kept;
    }
    [[nodiscard]] bool isDominated(const Label& label,
                                   const std::vector<std::int32_t>& others) const
    {
        for (const std::int32_t other : others)
            if (dominates(m_labels[at(other)], label))
                return true;
        return false;
    }
    [[nodiscard]] bool dominates(const Label& a, const Label& b) const
    {
        return a.usesNoMoreThan(b) &&
               (a.before == 0 || (a.before == b.before && a.bypass == b.bypass)) &&
               (a.alone == kNone || a.alone == b.alone) && a.stages <= b.stages &&
               (a.stages >= m_atLeast || a.stages == b.stages) && (m_overlap || a.busy <= b.busy) &&
               (!m_relaxation.hasMoves() || a.paid <= b.paid);
    }

    /// What the labels at the furthest cut wanted and had used.
    [[nodiscard]] std::vector<int> conflicts() const
    {
        std::vector<int> counts(m_count, 0);
        const Price* costs = m_relaxation.costsFrom(m_furthest);
        for (const std::int32_t label : m_kept) {
            const Label& l = m_labels[at(label)];
            for (std::size_t d = 0; d < m_count; ++d)
                if (l.uses(d) && d != l.device && m_reach.linkable(l.device, d, m_furthest) &&
                    l.paid + costs[d] <= m_relaxation.budget())
                    ++counts[d];
        }
        return counts;
    }
    [[nodiscard]] LabelResult result(Verdict verdict) const
    {
        LabelResult result;
        result.verdict = verdict;
        result.labels = m_generated;
        if (verdict == Verdict::Found)
            result.stages = stagesOf(m_labels[at(m_final)]);
        if (verdict == Verdict::Unknown && m_furthest > 0)
            result.conflicts = conflicts();
        if (verdict == Verdict::Unknown)
            result.beginnings = beginnings();
        return result;
    }
    [[nodiscard]] std::vector<StagePlace> stagesOf(const Label& last) const
    {
        std::vector<StagePlace> stages;
        for (const Label* label = &last;; label = &m_labels[at(label->parent)]) {
            stages.push_back({label->device, label->from, label->cut});
            if (label->parent == kNoParent)
                break;
        }
        // The first label is the last stage of the beginning, if there is one.
        const std::vector<StagePlace>& begun = m_relaxation.beginning().stages;
        if (!begun.empty())
            stages.insert(stages.end(), begun.rbegin() + 1, begun.rend());
        std::reverse(stages.begin(), stages.end());
        return stages;
    }
    /// The cheapest labels that stopped, but for those that another dominates.
    [[nodiscard]] std::vector<Beginning> beginnings() const
    {
        std::vector<const Label*> labels;
        for (const std::size_t cut : m_stopCuts)
            for (const Label& label : m_waiting.at(cut))
                labels.push_back(&label);
        std::stable_sort(labels.begin(), labels.end(),
                         [](const Label* a, const Label* b) { return a->isCheaperThan(*b); });
        std::vector<const Label*> kept;
        std::vector<Beginning> beginnings;
        for (const Label* label : labels) {
            if (kept.size() == m_options.kept)
                break;
            if (std::any_of(kept.begin(), kept.end(), [&](const Label* other) {
                    return other->cut == label->cut && other->device == label->device &&
                           dominates(*other, *label);
                }))
                continue;
            kept.push_back(label);
            beginnings.push_back({stagesOf(*label), label->busy});
        }
        return beginnings;
    }

    const StageSpace& m_space;
    const WalkRelaxation& m_relaxation;
    const Reach& m_reach;
    const LabelOptions& m_options;
    const std::function<bool()>& m_stopped;
    std::size_t m_count, m_cuts;
    int m_atLeast, m_atMost;
    bool m_overlap;
    double m_until;                      ///< work
    std::vector<std::size_t> m_stopCuts; ///< beyond it, with labels
    std::vector<Label> m_labels;
    WaitingLabels<kWords> m_waiting;
    std::vector<std::uint16_t> m_rising;
    EndChoices m_choices;
    std::vector<std::int32_t> m_kept;
    std::vector<std::vector<std::int32_t>> m_sameDevice; ///< of those kept
    std::size_t m_most;
    Price m_leftOut =
        WalkRelaxation::kUnreachable; ///< the least of devices that are not in m_rising
    std::int64_t m_generated = 0;
    std::size_t m_furthest = 0;
    std::int32_t m_final = kNoParent;
    bool m_complete = true;
};

} // namespace

LabelResult labelSearch(const StageSpace& space, const WalkRelaxation& relaxation,
                        const LabelOptions& options, const std::function<bool()>& stopped)
{
    const std::size_t count = space.devices.size();
    if (count <= 64)
        return Search<1>(space, relaxation, options, stopped).run();
    if (count <= 256)
        return Search<4>(space, relaxation, options, stopped).run();
    if (count <= 1024)
        return Search<16>(space, relaxation, options, stopped).run();
    return {};
}

} // namespace millrace::plan
