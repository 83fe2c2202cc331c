// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/EndScan.h"

#include <array>
#include <cstdint>
#include <span>

namespace millrace::plan
{

/// The cheapest walks from cut to cut that do not come back to a device while the devices between
/// remember it: less relaxed than walks that may always come back, where few links lead to and fro.
/// Which devices each one remembers is chosen as needed (ng routes: Baldacci, Mingozzi, Roberti
/// 2011; grown by what the best walks do: Roberti, Mingozzi 2014). For at most 64 devices. Prices
/// as in WalkRelaxation.
class RememberingWalks
{
public:
    using Price = std::int32_t;
    static constexpr Price kUnreachable = Price{1} << 30;
    /// Dearer walks count as this much; no budget comes near.
    static constexpr Price kHopeless = Price{1} << 29;
    using Devices = std::uint64_t; ///< a set, by bits
    static constexpr std::size_t kMostDevices = 64;
    static constexpr std::size_t kMostRemembered = 4; ///< by one device

    /// A way on. Of those from one place, ascending, each is for whoever used a device that the
    /// cheaper ones remember.
    struct Label {
        Price cost = 0;
        Cut to = 0;               ///< where the stage ends
        std::uint16_t device = 0; ///< of the next stage
        std::uint16_t next = 0;   ///< which of its labels goes on
        Devices remembered = 0;   ///< devices that must not come before
    };

    /// Both must outlive it; the reach may change between runs.
    RememberingWalks(const StageSpace& space, const Reach& reach);

    [[nodiscard]] bool isAny() const { return m_isAny; }
    /// From now on `at` remembers `device`; false when it did or remembers as many as it may.
    bool remember(std::size_t at, std::size_t device);

    /// One run, backwards over the cuts: start(), then for each cut from the last but one on
    /// beginStages() and chooseNext(). `entry`: what a stage on each device costs.
    void start(const std::vector<Price>& entry);
    void beginStages(std::size_t cut);
    void chooseNext(std::size_t cut);

    /// With a stage on the device that begins at the cut.
    [[nodiscard]] std::span<const Label> from(std::size_t cut, std::size_t device) const
    {
        return m_from[cut * m_count + device].labels();
    }
    /// Behind a stage on the device that ends at the cut.
    [[nodiscard]] std::span<const Label> after(std::size_t cut, std::size_t device) const
    {
        return m_after[cut * m_count + device].labels();
    }

    /// The least cost behind the ends of each block; not when sliding.
    [[nodiscard]] const LeastOfBlocks<Price>& leastAfter(std::size_t device) const
    {
        return m_leastAfter[device];
    }

private:
    /// The last label that fits remembers nothing: cheaper than the truth at most.
    class Labels
    {
    public:
        static constexpr std::size_t kMost = 2;

        [[nodiscard]] std::span<const Label> labels() const { return {m_labels.data(), m_size}; }
        void clear() { m_size = 0; }
        /// In rising order of cost; false when no later one is of use.
        bool add(Label label);

    private:
        std::array<Label, kMost> m_labels;
        std::uint32_t m_size = 0;
    };
    /// Ends of a sliding window behind which the same devices are remembered, as in WalkRelaxation.
    struct Queue {
        struct End {
            Price cost = 0;
            Cut to = 0;
            std::uint16_t label = 0; ///< which one behind the end
        };
        Devices remembered = 0;
        std::uint32_t head = 0, tail = 0;
        std::vector<End> ends;
    };
    void beginStage(std::size_t device, std::size_t cut);
    [[nodiscard]] Label otherEnd(std::size_t device, Devices remembered) const;
    void push(std::size_t device, std::size_t cut);
    void pull(std::size_t device, std::size_t cut);
    void begin(std::size_t device, std::size_t cut, Label label);
    [[nodiscard]] Queue& queueOf(std::size_t device, Devices remembered);

    const StageSpace& m_space;
    const Reach& m_reach;
    EndScan m_scan;
    std::size_t m_count, m_cuts;
    bool m_isAny = false;
    std::vector<Devices> m_memory; ///< by device
    std::vector<Price> m_entry;
    std::vector<Labels> m_from, m_after; ///< [cut][device]
    std::vector<Price> m_least; ///< [device][cut]: the cheapest way on behind an end; not sliding
    std::vector<LeastOfBlocks<Price>> m_leastAfter; ///< by device, of these
    std::vector<Cut> m_bestEnd;                     ///< [cut][device]
    std::vector<std::vector<Queue>> m_queues;       ///< by device; the first remembers nothing
    std::vector<std::size_t> m_inUse;               ///< by device: of these
    /// Labels of all devices at a cut, the cheapest first.
    struct Open {
        Price cost;
        std::uint16_t device, label;
        auto operator<=>(const Open&) const = default;
    };
    std::vector<Open> m_open;     ///< scratch
    std::vector<Label> m_nearest; ///< scratch
};

} // namespace millrace::plan
