// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/NextDevices.h"
#include "plan/search/RememberingWalks.h"
#include "plan/space/EndScan.h"

namespace millrace::plan
{

/// The cheapest walks from cut to cut at one threshold, when a walk may come back to a device and
/// pays the device's price for each visit. A plan visits each device at most once, so it never pays
/// more than the budget, the sum of all prices: where the cheapest walk does, no plan keeps the
/// threshold. Prices are whole numbers, so that this is exact. (Lagrangian relaxation: Held and
/// Karp 1970.) Limits on the number of stages have prices of their own.
class WalkRelaxation
{
public:
    using Price = RememberingWalks::Price;
    static constexpr Price kUnreachable = RememberingWalks::kUnreachable;
    static constexpr Price kHopeless = RememberingWalks::kHopeless;
    /// What prices are made to add up to, about.
    static constexpr Price kScale = Price{1} << 23;

    struct Prices {
        std::vector<Price> device;             ///< >= 0
        Price tooMany = 0, tooFew = 0;         ///< per stage over the most, under the least; >= 0
        std::vector<std::vector<Price>> moved; ///< [device][cut], rising: what a stage costs beside
                                               ///< its device is the difference; empty: nothing
        Price allowance = 0;                   ///< budget for that
    };

    /// The space must outlive it. `stopped` is asked often.
    WalkRelaxation(const StageSpace& space, std::function<bool()> stopped);

    /// O(reach). Prices stay as they were; walks are those of the threshold before until run().
    void setThreshold(double threshold) { m_reach.setThreshold(threshold); }
    [[nodiscard]] double threshold() const { return m_reach.threshold(); }
    [[nodiscard]] const Reach& reach() const { return m_reach; }
    /// From now on walks lead on from there, which must not be the last cut, and remember nothing;
    /// budget and limits are those of what is left, and what is asked about cuts before is
    /// undefined.
    void setBeginning(Beginning beginning);
    [[nodiscard]] const Beginning& beginning() const { return m_beginning; }
    /// Where walks begin.
    [[nodiscard]] std::size_t start() const
    {
        return m_beginning.stages.empty() ? 0 : m_beginning.stages.back().to;
    }
    /// Whether the beginning leaves the device to walks.
    [[nodiscard]] bool isFree(std::size_t device) const { return m_isFree[device]; }

    [[nodiscard]] bool mayRemember() const { return m_count <= RememberingWalks::kMostDevices; }
    /// From now on walks do not return at once to devices where the cheapest walk does; false when
    /// it does so nowhere, or as many are remembered as may be. Only where mayRemember().
    bool rememberReturns();

    /// Backwards over the cuts with these prices. O(devices * cuts) in a sliding space, a
    /// logarithm aside, else up to as many steps as there are stages.
    void run(const Prices& prices);

    [[nodiscard]] bool walkExists() const { return cheapest() < kUnreachable; }
    [[nodiscard]] bool isRefuted() const { return cheapest() > m_budget; }
    [[nodiscard]] Price cheapest() const { return m_cheapest; }
    [[nodiscard]] Price budget() const { return m_budget; }
    /// What a stage on the device costs beside what it moves.
    [[nodiscard]] Price entry(std::size_t device) const { return m_entry[device]; }
    [[nodiscard]] Price moved(std::size_t device, std::size_t from, std::size_t to) const
    {
        return m_moved.empty() ? 0 : m_moved[device][to] - m_moved[device][from];
    }
    [[nodiscard]] bool hasMoves() const { return !m_moved.empty(); }
    /// The least still to be paid by a walk whose stage on `device` ends at `cut`.
    [[nodiscard]] Price costAfter(std::size_t cut, std::size_t device) const
    {
        return m_after[cut * m_count + device];
    }
    /// The same for a plan that used these devices, by bits, where there are at most 64: more where
    /// walks remember them.
    [[nodiscard]] Price costAfter(std::size_t cut, std::size_t device,
                                  RememberingWalks::Devices used) const
    {
        if (!m_isRemembering)
            return costAfter(cut, device);
        for (const RememberingWalks::Label& label : m_remembering.after(cut, device))
            if ((label.remembered & used) == 0)
                return label.cost;
        return kUnreachable;
    }
    /// The least of costAfter() and what is moved up to there, by blocks of cuts; not when sliding.
    [[nodiscard]] const LeastOfBlocks<Price>& leastAfter(std::size_t device) const
    {
        return m_isRemembering ? m_remembering.leastAfter(device) : m_leastAfter[device];
    }
    /// By device: the least to be paid by a walk whose stage there begins at `cut`.
    [[nodiscard]] const Price* costsFrom(std::size_t cut) const
    {
        return m_from.data() + cut * m_count;
    }

    /// Stages of the cheapest walk.
    struct Visit {
        std::size_t device, from, to;
    };
    [[nodiscard]] std::vector<Visit> cheapestWalk() const;
    [[nodiscard]] std::int64_t runs() const { return m_runs; }

private:
    void runRemembering();
    [[nodiscard]] std::vector<Visit> rememberingWalk(std::size_t device) const;
    void findCheapest();
    [[nodiscard]] std::optional<std::size_t> firstDevice() const;
    void beginStages(std::size_t cut);
    void beginSliding(std::size_t cut);

    const StageSpace& m_space;
    Reach m_reach;
    RememberingWalks m_remembering;
    bool m_isRemembering = false; ///< in the last run
    EndScan m_scan;
    NextDevices m_next;
    std::function<bool()> m_stopped;
    std::size_t m_count, m_cuts;
    Beginning m_beginning;
    std::vector<bool> m_isFree;        ///< by device
    std::vector<std::uint16_t> m_free; ///< those
    std::vector<Price> m_entry;
    std::vector<std::vector<Price>> m_moved;
    Price m_budget = 0, m_cheapest = 0;
    std::vector<Price> m_after, m_from; ///< [cut][device]: after a stage ends, before it starts
    std::vector<Price> m_afterOf;       ///< [device][cut], what is moved included; not when sliding
    std::vector<LeastOfBlocks<Price>> m_leastAfter; ///< by device, of these
    std::vector<Cut> m_bestEnd;
    std::vector<std::uint16_t> m_bestNext;
    /// A queue per device of the ends that can still be the cheapest of a sliding window.
    struct Queue {
        std::uint32_t head = 0, tail = 0;
    };
    std::vector<Queue> m_queues;
    struct End {
        Price cost;
        Cut to;
    };
    std::vector<End> m_queueEnds; ///< [device][...]
    std::int64_t m_runs = 0;
};

} // namespace millrace::plan
