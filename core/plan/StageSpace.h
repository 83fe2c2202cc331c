// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/CutSpace.h"

#include <functional>
#include <optional>
#include <vector>

namespace millrace::plan
{

/// What the searches ask of a problem at every threshold, worked out once: which stages fit which
/// device, and their times. Devices are positions in `devices`, the enabled ones. Immutable once
/// built; problem and cuts must outlive it.
struct StageSpace {
    /// `stopped` is asked often; after it said yes the space is unusable.
    StageSpace(const Problem& p, const CutSpace& c, const std::function<bool()>& stopped);

    /// What a hop adds for the threshold: without overlap its delay, too.
    [[nodiscard]] double hop(std::optional<DeviceId> from, std::optional<DeviceId> to,
                             std::size_t cut) const;

    const Problem& problem;
    const CutSpace& cuts;
    std::vector<DeviceId> devices;
    std::vector<std::vector<double>> time;        ///< [device][cut]: compute up to the cut
    std::vector<std::vector<Bits>> fits;          ///< [device][from]: ends, by memory, class, pins
    std::vector<std::optional<std::size_t>> twin; ///< the equal device that must be used before
    std::vector<double> work, weight;             ///< reference sums per cut

private:
    void fillStages(const std::function<bool()>& stopped);
    void fillTwins();
};

} // namespace millrace::plan
