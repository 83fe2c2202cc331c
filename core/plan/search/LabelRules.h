// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/EndChoices.h"
#include "plan/search/Labels.h"

namespace millrace::plan
{

/// How a label may go on, and which of two is as good as the other for all that can follow.
template <std::size_t kWords>
class LabelRules
{
public:
    using Label = plan::Label<kWords>;

    /// They must outlive it.
    LabelRules(const StageSpace& space, const WalkRelaxation& relaxation)
        : m_space(space), m_relaxation(relaxation),
          m_atLeast(std::max(1, space.problem.stages.min)),
          m_atMost(space.problem.stages.max.value_or(static_cast<int>(space.cuts.size()))),
          m_overlap(space.problem.overlap == Overlap::Yes)
    {
    }

    [[nodiscard]] int atLeast() const { return m_atLeast; } ///< stages
    [[nodiscard]] int atMost() const { return m_atMost; }
    [[nodiscard]] bool overlap() const { return m_overlap; }
    /// Seconds of a stage; as the threshold, but for rounding.
    [[nodiscard]] double within() const { return m_relaxation.threshold() * (1 + 1e-12); }

    /// Interchangeable devices are used in their order.
    [[nodiscard]] bool mayUse(const Label& label, std::size_t device) const
    {
        return !label.uses(device) && (!m_space.twin[device] || label.uses(*m_space.twin[device]));
    }
    /// Whether the stage takes the layer that must be alone together with others.
    [[nodiscard]] bool takesAnother(const Label& label, std::size_t to) const
    {
        if (label.alone == Label::kNone || !m_space.cuts.holds(to, LayerId(label.alone)))
            return false;
        return !m_space.cuts.isAlone(label.from, to, LayerId(label.alone));
    }
    /// What the stage's end asks of those that follow. `parentsDevice`: of the stage before it.
    void setRelay(Label& next, const EndChoices::Choice& choice, bool keepsRelay,
                  std::uint16_t parentsDevice) const
    {
        if (!keepsRelay) {
            next.before = 0;
            next.bypass = Label::kNone;
            // Going without the relay takes a stage away, which must not be missed.
            if (choice.before != 0 && next.stages >= m_atLeast) {
                next.before = choice.before;
                next.bypass = next.device;
            }
        }
        if (next.alone != Label::kNone && m_space.cuts.holds(choice.to, LayerId(next.alone))) {
            // The stage before could have taken it, so without this one there must be no link.
            next.alone = Label::kNone;
            if (next.stages > m_atLeast) {
                next.before = choice.to;
                next.bypass = parentsDevice;
            }
        }
        if (next.alone == Label::kNone && choice.alone)
            next.alone = static_cast<std::uint16_t>(choice.alone->index());
    }
    /// Of two labels on the same device and cut. (The keys are in order already.)
    [[nodiscard]] bool dominates(const Label& a, const Label& b) const
    {
        return a.usesNoMoreThan(b) &&
               (a.before == 0 || (a.before == b.before && a.bypass == b.bypass)) &&
               (a.alone == Label::kNone || a.alone == b.alone) && a.stages <= b.stages &&
               (a.stages >= m_atLeast || a.stages == b.stages) && (m_overlap || a.busy <= b.busy) &&
               (!m_relaxation.hasMoves() || a.paid <= b.paid);
    }

private:
    const StageSpace& m_space;
    const WalkRelaxation& m_relaxation;
    int m_atLeast, m_atMost;
    bool m_overlap;
};

} // namespace millrace::plan
