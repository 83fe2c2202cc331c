// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/StageSpace.h"

#include <cstdint>
#include <limits>

namespace millrace::plan
{

/// Lower bounds for one threshold after the other, with transfer and compute overlapping. "Each
/// device at most once" is relaxed: a walk from cut to cut may come back to a device, and pays the
/// device's price for each visit. A plan never pays more than the sum of all prices, so when even
/// the cheapest walk does, no plan keeps the threshold. Prices are whole numbers: the certificate
/// is exact. (Lagrangian relaxation: Held and Karp 1970; steps: Polyak 1969.)
class WalkRelaxation
{
public:
    using Price = std::int64_t;
    static constexpr Price kUnreachable = std::numeric_limits<Price>::max() / 4;

    /// The space must outlive it. `stopped` is asked often.
    WalkRelaxation(const StageSpace& space, std::function<bool()> stopped);

    /// Starts over with another threshold in seconds; prices stay as they were.
    void setThreshold(double threshold);
    [[nodiscard]] double threshold() const { return m_threshold; }

    /// Whether there is any walk, prices aside. False refutes the threshold.
    [[nodiscard]] bool walkExists();
    /// Looks for prices that refute the threshold, at most `passes` times; true when it found some.
    /// Otherwise the best prices found stand, and costs() are theirs.
    [[nodiscard]] bool refute(int passes);

    [[nodiscard]] Price price(std::size_t device) const { return m_prices[device]; }
    [[nodiscard]] Price budget() const { return m_budget; } ///< the sum of all prices
    /// The least still to be paid by a walk whose stage on `device` ends at `cut`.
    [[nodiscard]] Price costAfter(std::size_t cut, std::size_t device) const
    {
        return m_after[cut * m_count + device];
    }
    /// Ends of a stage on `device` from `from`, ascending.
    [[nodiscard]] std::pair<const std::uint16_t*, const std::uint16_t*> ends(std::size_t device,
                                                                             std::size_t from) const
    {
        const std::size_t row = device * m_cuts + from;
        return {m_ends.data() + m_firstEnd[row], m_ends.data() + m_firstEnd[row + 1]};
    }
    [[nodiscard]] bool linkable(std::size_t from, std::size_t to, std::size_t cut) const
    {
        return m_payload[cut] <= m_largest[from * m_count + to];
    }
    [[nodiscard]] bool startsFromSource(std::size_t device) const { return m_fromSource[device]; }
    [[nodiscard]] std::int64_t passes() const { return m_passes; }

private:
    void fillEnds();
    void fillLinks();
    void run();
    void chooseNext(std::size_t cut);
    [[nodiscard]] Price cheapestWalk() const;
    [[nodiscard]] std::vector<int> visits() const;
    void startFromCoverage();
    void normalise();
    void step(const std::vector<int>& visits, double missing, double length);
    void tighten();

    const StageSpace& m_space;
    std::function<bool()> m_stopped;
    std::size_t m_count, m_cuts;
    double m_threshold = 0;
    std::vector<std::int64_t> m_payload;
    std::vector<std::size_t> m_byPayload; ///< inner cuts, smallest payload first
    std::vector<std::uint32_t> m_firstEnd;
    std::vector<std::uint16_t> m_ends;
    std::vector<std::int64_t> m_largest; ///< payload that a link carries in time; -1: none
    std::vector<bool> m_fromSource, m_toSink;
    bool m_priced = false;
    std::vector<Price> m_prices;
    Price m_budget = 0;
    std::vector<Price> m_after, m_from; ///< [cut][device]: after a stage ends, before it starts
    std::vector<std::uint16_t> m_bestEnd, m_bestNext;
    std::int64_t m_passes = 0;
};

} // namespace millrace::plan
