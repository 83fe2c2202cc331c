// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/WalkRelaxation.h"

#include <vector>

namespace millrace::plan
{

/// Where a stage from the present cut of a label search may end, worked out once per device. Where
/// a stage could end later at no larger payload, ending it earlier is only for relays: stages
/// behind it on the way to a device it is not linked to.
class EndChoices
{
public:
    using Price = WalkRelaxation::Price;
    struct Choice {
        Cut to;
        Cut before;  ///< the later end with no larger payload; 0: none
        Price after; ///< moved and still to be paid
        /// The stage could take this layer, too, at no larger payload: without it is only for plans
        /// in which the layer is a stage alone. None in chains.
        std::optional<LayerId> alone;
    };

    /// The relaxation and its space must outlive it.
    EndChoices(const StageSpace& space, const WalkRelaxation& relaxation);

    /// Ends that a stage of any device cannot afford may be left out when at least `paid` was paid.
    void moveTo(std::size_t cut, Price paid);
    /// When sliding, the furthest end first; else the one with the least to pay behind it.
    [[nodiscard]] const std::vector<Choice>& of(std::size_t device);

private:
    struct Row {
        bool isFilled = false;
        std::vector<Choice> ends;
    };
    void consider(std::size_t device, std::size_t to, Row& row);
    [[nodiscard]] std::optional<LayerId> layerToTake(std::size_t device, std::size_t to) const;
    [[nodiscard]] Cut laterWithNoMorePayload(std::size_t to);
    [[nodiscard]] bool mayRelay(std::size_t device, Cut before) const;

    const StageSpace& m_space;
    const WalkRelaxation& m_relaxation;
    const Reach& m_reach;
    bool m_mayEndLater, m_isStrict;
    EndScan m_scan;
    std::size_t m_cut = 0;
    Price m_paid = 0;
    std::vector<Row> m_rows;
    std::vector<Cut> m_later; ///< scratch
};

} // namespace millrace::plan
