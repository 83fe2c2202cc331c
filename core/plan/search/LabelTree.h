// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/LabelRules.h"

namespace millrace::plan
{

/// The labels that went on, by number, each with the number of the one that it goes on from; at one
/// cut after the other it takes up those that no other dominates.
template <std::size_t kWords>
class LabelTree
{
public:
    using Label = plan::Label<kWords>;

    /// They must outlive it.
    LabelTree(const LabelRules<kWords>& rules, const Beginning& beginning, std::size_t devices)
        : m_rules(rules), m_beginning(beginning), m_sameDevice(devices)
    {
    }

    [[nodiscard]] const Label& operator[](std::int32_t number) const
    {
        return m_labels[static_cast<std::size_t>(number)];
    }
    [[nodiscard]] std::size_t size() const { return m_labels.size(); }
    std::int32_t add(const Label& label)
    {
        m_labels.push_back(label);
        return static_cast<std::int32_t>(m_labels.size()) - 1;
    }
    /// Adds the last stage of the beginning, which has paid nothing yet.
    std::int32_t addBeginning()
    {
        const StagePlace& last = m_beginning.stages.back();
        Label label;
        for (const StagePlace& stage : m_beginning.stages)
            label.used[stage.device / 64] |= std::uint64_t{1} << (stage.device % 64);
        label.busy = m_beginning.busy;
        label.device = static_cast<std::uint16_t>(last.device);
        label.from = static_cast<Cut>(last.from);
        label.cut = static_cast<Cut>(last.to);
        label.stages = static_cast<std::uint16_t>(m_beginning.stages.size());
        return add(label);
    }

    /// Adds the labels at a cut that go on: those that no other dominates, the cheapest first.
    /// False when `width` of them were not all.
    bool keep(WaitingLabels<kWords>& waiting, std::size_t cut, std::size_t width)
    {
        m_kept.clear();
        for (auto& labels : m_sameDevice)
            labels.clear();
        for (const auto& [key, rank, number] : waiting.rising(cut)) {
            const Label& label = waiting.at(cut)[number];
            if (m_kept.size() == width)
                return false;
            std::vector<std::int32_t>& others = m_sameDevice[label.device];
            if (std::any_of(others.begin(), others.end(), [&](std::int32_t other) {
                    return m_rules.dominates((*this)[other], label);
                }))
                continue;
            others.push_back(add(label));
            m_kept.push_back(others.back());
        }
        return true;
    }
    [[nodiscard]] const std::vector<std::int32_t>& kept() const { return m_kept; }

    /// The whole way, with the stages of the beginning.
    [[nodiscard]] std::vector<StagePlace> stagesOf(const Label& last) const
    {
        std::vector<StagePlace> stages;
        for (const Label* label = &last;; label = &(*this)[label->parent]) {
            stages.push_back({label->device, label->from, label->cut});
            if (label->parent == Label::kNoParent)
                break;
        }
        // The first label is the last stage of the beginning, if there is one.
        const std::vector<StagePlace>& begun = m_beginning.stages;
        if (!begun.empty())
            stages.insert(stages.end(), begun.rbegin() + 1, begun.rend());
        std::reverse(stages.begin(), stages.end());
        return stages;
    }
    /// The cheapest of these labels as beginnings, but for those that another dominates.
    [[nodiscard]] std::vector<Beginning> beginnings(std::vector<const Label*> labels,
                                                    std::size_t most) const
    {
        std::stable_sort(labels.begin(), labels.end(),
                         [](const Label* a, const Label* b) { return a->isCheaperThan(*b); });
        std::vector<const Label*> kept;
        std::vector<Beginning> beginnings;
        for (const Label* label : labels) {
            if (kept.size() == most)
                break;
            if (std::any_of(kept.begin(), kept.end(), [&](const Label* other) {
                    return other->cut == label->cut && other->device == label->device &&
                           m_rules.dominates(*other, *label);
                }))
                continue;
            kept.push_back(label);
            beginnings.push_back({stagesOf(*label), label->busy});
        }
        return beginnings;
    }

private:
    const LabelRules<kWords>& m_rules;
    const Beginning& m_beginning;
    std::vector<Label> m_labels;
    std::vector<std::int32_t> m_kept;                    ///< at the last cut
    std::vector<std::vector<std::int32_t>> m_sameDevice; ///< of those
};

} // namespace millrace::plan
