// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/Reach.h"

namespace millrace::plan
{

/// On which device walks go on most cheaply after a stage has ended, for every device it ran on;
/// by whichever of three ways is quickest for the links there are.
class NextDevices
{
public:
    using Price = std::int32_t;

    /// They must outlive it.
    NextDevices(const StageSpace& space, const Reach& reach) : m_space(space), m_reach(reach) {}

    /// Between these devices, until it is called again. `senders`: `free` ones and perhaps one
    /// more.
    void setDevices(std::vector<std::uint16_t> free, std::vector<std::uint16_t> senders);
    /// Before the cuts of a run, which come in falling order.
    void start();
    /// By device: `from`, what a walk pays whose stage there begins at the cut; fills, for senders,
    /// the least that follows a stage's end there, `unreachable` where nothing can, and `next`, the
    /// device that it is on. O(devices) and less with bits, else up to devices x senders.
    struct Costs {
        const Price* from;
        Price* after;
        std::uint16_t* next;
        Price unreachable;
    };
    void choose(std::size_t cut, const Costs& costs);

private:
    void chooseByBits(std::size_t cut, const Costs& costs);
    void chooseInOrder(std::size_t cut, const Costs& costs);
    void chooseAmongReceivers(std::size_t cut, const Costs& costs);

    const StageSpace& m_space;
    const Reach& m_reach;
    std::vector<std::uint16_t> m_free, m_senders;
    std::uint64_t m_senderBits = 0; ///< the senders, where there are at most 64 devices
    struct Open {
        Price cost;
        std::uint16_t device;
    };
    std::vector<Open> m_rising;       ///< the free devices, the cheapest to go on with first
    std::vector<std::int64_t> m_open; ///< scratch: cost and device in one number
    std::vector<std::uint16_t> m_uncovered;
};

} // namespace millrace::plan
