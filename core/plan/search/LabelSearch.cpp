// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/LabelSearch.h"

#include "plan/search/LabelTree.h"
#include "plan/search/RisingDevices.h"

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
          m_rules(space, relaxation), m_labels(m_rules, relaxation.beginning(), m_count),
          m_until(options.kept > 0 ? options.until * space.work.back()
                                   : std::numeric_limits<double>::infinity()),
          m_waiting(space.cuts, options.width), m_choices(space, relaxation),
          m_most(WaitingLabels<kWords>::most(options.width)), m_rising(relaxation, m_count, m_most)
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
            moveTo(cut, paid);
            m_furthest = cut;
            m_complete = m_labels.keep(m_waiting, cut, m_options.width) && m_complete;
            for (const std::int32_t label : m_labels.kept()) {
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

    /// The labels of the first stage after the beginning.
    void begin()
    {
        const std::vector<StagePlace>& stages = m_relaxation.beginning().stages;
        moveTo(m_relaxation.start(), 0);
        if (!stages.empty()) {
            extendAll(m_labels.addBeginning(), m_relaxation.start());
            return;
        }
        for (const std::uint16_t d : m_rising)
            if (m_final == kNoParent && m_reach.startsFromSource(d) && m_rules.mayUse(Label(), d))
                extend(kNoParent, 0, d);
        m_complete = m_complete && m_rising.areAll();
    }
    void moveTo(std::size_t cut, Price paid)
    {
        m_choices.moveTo(cut, paid);
        m_rising.moveTo(cut);
    }

    void extendAll(std::int32_t label, std::size_t cut)
    {
        const Price* costs = m_relaxation.costsFrom(cut);
        std::size_t extended = 0;
        for (const std::uint16_t d : m_rising) {
            const Label& from = m_labels[label];
            if (m_final != kNoParent || from.paid + costs[d] > m_relaxation.budget())
                return;
            if (!m_reach.linkable(from.device, d, cut) || !m_rules.mayUse(from, d))
                continue;
            // With few labels kept, the dearest of a thousand devices will not be among them.
            if (extended++ == m_most) {
                m_complete = false;
                return;
            }
            extend(label, cut, d);
        }
        m_complete = m_complete && m_rising.areAll();
    }

    [[nodiscard]] Label begun(std::int32_t parent, std::size_t cut, std::uint16_t device) const
    {
        Label next = parent == kNoParent ? Label() : m_labels[parent];
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
        if (next.stages > m_rules.atMost())
            return;
        double receive = 0;
        if (!m_rules.overlap()) {
            const auto sender = parent == kNoParent
                                    ? m_space.problem.source
                                    : std::optional(m_space.devices[m_labels[parent].device]);
            receive = m_space.hop(sender, m_space.devices[device], cut);
            if (parent != kNoParent && m_labels[parent].busy + receive > m_rules.within())
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
            if (m_rules.takesAnother(next, choice.to))
                continue;
            const bool keepsRelay =
                before != 0 && !crosses &&
                (choice.to == before || m_space.cuts.isAbove(before, choice.to));
            add(next, choice, keepsRelay, receive);
            if (m_final != kNoParent)
                return;
        }
    }
    void add(Label next, const EndChoices::Choice& choice, bool keepsRelay, double receive)
    {
        const std::size_t cut = next.from;
        next.cut = choice.to;
        next.paid += m_relaxation.moved(next.device, cut, choice.to);
        m_rules.setRelay(next, choice, keepsRelay,
                         next.parent == kNoParent ? kNone : m_labels[next.parent].device);
        if (!m_rules.overlap()) {
            next.busy = receive + m_space.compute(next.device, cut, choice.to);
            if (next.busy > m_rules.within())
                return;
        }
        if (choice.to + 1U == m_cuts)
            return finish(next);
        if (next.stages == m_rules.atMost())
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
        if (last.stages < m_rules.atLeast())
            return;
        if (last.before != 0 && last.bypass != last.device && m_reach.endsAtSink(last.bypass))
            return;
        if (!m_rules.overlap() && last.busy + m_space.hop(m_space.devices[last.device],
                                                          m_space.problem.sink, m_cuts - 1) >
                                      m_rules.within())
            return;
        m_final = m_labels.add(last);
    }

    /// What the labels at the furthest cut wanted and had used.
    [[nodiscard]] std::vector<int> conflicts() const
    {
        std::vector<int> counts(m_count, 0);
        const Price* costs = m_relaxation.costsFrom(m_furthest);
        for (const std::int32_t label : m_labels.kept()) {
            const Label& l = m_labels[label];
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
            result.stages = m_labels.stagesOf(m_labels[m_final]);
        if (verdict == Verdict::Unknown && m_furthest > 0)
            result.conflicts = conflicts();
        if (verdict == Verdict::Unknown)
            result.beginnings = beginnings();
        return result;
    }
    /// The cheapest labels that stopped.
    [[nodiscard]] std::vector<Beginning> beginnings() const
    {
        std::vector<const Label*> labels;
        for (const std::size_t cut : m_stopCuts)
            for (const Label& label : m_waiting.at(cut))
                labels.push_back(&label);
        return m_labels.beginnings(std::move(labels), m_options.kept);
    }

    const StageSpace& m_space;
    const WalkRelaxation& m_relaxation;
    const Reach& m_reach;
    const LabelOptions& m_options;
    const std::function<bool()>& m_stopped;
    std::size_t m_count, m_cuts;
    LabelRules<kWords> m_rules;
    LabelTree<kWords> m_labels;
    double m_until;                      ///< work
    std::vector<std::size_t> m_stopCuts; ///< beyond it, with labels
    WaitingLabels<kWords> m_waiting;
    EndChoices m_choices;
    std::size_t m_most;
    RisingDevices m_rising;
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
