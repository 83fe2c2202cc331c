// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/CutSpace.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace millrace::plan
{

/// Cuts are told apart by 16 bits in the tables that grow with cuts and devices.
using Cut = std::uint16_t;

/// The layer times of each device class, worked out once: looking names up by the million is slow.
class ClassTimes
{
public:
    explicit ClassTimes(const Problem& problem);
    /// By layer; negative where the class cannot run it.
    [[nodiscard]] const std::vector<double>& of(DeviceId device) const
    {
        return m_times[m_class[device.index()]];
    }

private:
    std::vector<std::vector<double>> m_times;
    std::vector<std::size_t> m_class; ///< of each device
};

/// What the searches ask of a problem at every threshold, worked out once: which stages fit which
/// device, and their times. Devices are positions in `devices`, the enabled ones. Immutable once
/// built; problem and cuts must outlive it.
struct StageSpace {
    struct Range {
        Cut first, last;
    };
    /// `stopped` is asked often; after it said yes the space is unusable.
    StageSpace(const Problem& p, const CutSpace& c, const ClassTimes& times,
               const std::function<bool()>& stopped);

    /// What a hop adds for the threshold: without overlap its delay, too.
    [[nodiscard]] double hop(std::optional<DeviceId> from, std::optional<DeviceId> to,
                             std::size_t cut) const;
    /// Of a chain: ends of a stage by memory, class and pins, ascending and apart.
    [[nodiscard]] std::span<const Range> ends(std::size_t device, std::size_t from) const
    {
        const std::size_t row = device * cuts.size() + from;
        return {ranges.data() + firstRange[row], ranges.data() + firstRange[row + 1]};
    }
    /// By memory, class and pins; `to` must contain `from`.
    [[nodiscard]] bool fits(std::size_t device, std::size_t from, std::size_t to) const
    {
        if (cuts.isChain())
            return fitsChain(device, from, to);
        const std::vector<double>& no = barred[device];
        return (no.empty() || no[to] == no[from]) && cuts.fitsInto(memory[device], from, to);
    }
    [[nodiscard]] double compute(std::size_t device, std::size_t from, std::size_t to) const
    {
        return time[device][to] - time[device][from];
    }

    const Problem& problem;
    const CutSpace& cuts;
    std::vector<DeviceId> devices;
    std::vector<double> payload;           ///< bytes by cut
    std::vector<std::vector<double>> time; ///< [device][cut]: compute up to the cut
    std::vector<std::int64_t> memory;      ///< by device
    /// By device: layers inside each cut that it must not run; empty when it may run all.
    std::vector<std::vector<double>> barred;
    /// By [device * cuts + cut], only where the cuts are no chain: the last cut at which a stage
    /// that begins there may end.
    std::vector<Cut> furthest;
    std::vector<std::uint32_t> firstRange;
    std::vector<Range> ranges;
    /// A chain in which each row is one range that begins right behind the cut, and none ends
    /// before an earlier row does.
    bool isSliding = true;
    /// In other chains, by [cut * devices + device]: whether any stage begins or ends there.
    std::vector<bool> mayBegin, mayEnd;
    std::vector<std::optional<std::size_t>> twin; ///< the equal device that must be used before
    std::vector<double> work, weight;             ///< reference sums per cut

private:
    [[nodiscard]] bool fitsChain(std::size_t device, std::size_t from, std::size_t to) const;
    void fillTimes(const ClassTimes& times);
    void fillBarred(const ClassTimes& times);
    void fillEnds(const std::function<bool()>& stopped);
    void fillSliding();
    void fillTwins();
};

/// Device and cuts of a stage, as positions in a StageSpace.
struct StagePlace {
    std::size_t device, from, to;
    bool operator==(const StagePlace&) const = default;
};

/// The first stages of a plan, none for a whole plan: what is left is to lead on from where they
/// end, over devices that they do not use.
struct Beginning {
    std::vector<StagePlace> stages;
    double busy = 0; ///< without overlap: receive + compute of the last one, seconds
};

} // namespace millrace::plan
