// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/StageSpace.h"

namespace millrace::plan
{

/// Which stages and hops keep a threshold. With transfer and compute overlapping that is exact;
/// without, a stage counts with the fastest hops into and out of it, which allows more than the
/// threshold does.
class Reach
{
public:
    /// The space must outlive it.
    explicit Reach(const StageSpace& space);

    /// O(devices * (cuts + devices)), a logarithm aside where it is not sliding.
    void setThreshold(double threshold);
    [[nodiscard]] double threshold() const { return m_threshold; }

    /// No stage ends behind this; `from` itself or less when there is none. When sliding, it never
    /// falls from cut to cut, which lets some ends pass that StageSpace::fits() refuses.
    [[nodiscard]] Cut furthest(std::size_t device, std::size_t from) const
    {
        return m_furthest[from * m_count + device];
    }
    /// By device.
    [[nodiscard]] const Cut* furthest(std::size_t from) const
    {
        return m_furthest.data() + from * m_count;
    }
    /// Whether the ends of a stage are taken to be everything from the next cut up to furthest();
    /// else they are those of an EndScan.
    [[nodiscard]] bool isSliding() const { return m_isSliding; }
    [[nodiscard]] bool isInTime(std::size_t device, std::size_t from, std::size_t to) const
    {
        const double seconds = m_space.compute(device, from, to);
        return (m_receive.empty()
                    ? seconds
                    : leastReceive(device, from) + seconds + leastSend(device, to)) <= m_within;
    }

    [[nodiscard]] bool linkable(std::size_t from, std::size_t to, std::size_t cut) const
    {
        return m_space.payload[cut] <= m_carries[to * m_count + from];
    }
    /// By sender: the largest payload that reaches the device in time; negative: none.
    [[nodiscard]] const double* carriesTo(std::size_t device) const
    {
        return m_carries.data() + device * m_count;
    }
    /// The devices that a sender reaches with a payload in time, where devices are many and only
    /// bandwidth tells its links apart; else empty though there may be some: see knowsReceivers().
    [[nodiscard]] std::span<const std::uint16_t> receivers(std::size_t from, double payload) const;
    [[nodiscard]] bool knowsReceivers() const { return !m_receivers.empty(); }
    /// Up to 64 devices, as linkShare(): by bits, who reaches the device with the cut's payload in
    /// time.
    [[nodiscard]] bool knowsSenders() const { return m_count <= 64; }
    [[nodiscard]] std::uint64_t senders(std::size_t to, std::size_t cut) const
    {
        return m_senders[cut * m_count + to];
    }
    /// Which share of all pairs of devices can hand over a cut in time, over the inner cuts.
    [[nodiscard]] double linkShare() const;
    [[nodiscard]] bool startsFromSource(std::size_t device) const { return m_fromSource[device]; }
    [[nodiscard]] bool endsAtSink(std::size_t device) const { return m_toSink[device]; }

private:
    void fillFurthest();
    void fillWindows();
    void fillLinks();
    void sortReceivers();
    void fillSenders();
    /// Fastest hop into (at cut `from`) and out of a device; 0 with overlap.
    [[nodiscard]] double leastReceive(std::size_t device, std::size_t cut) const;
    [[nodiscard]] double leastSend(std::size_t device, std::size_t cut) const;

    const StageSpace& m_space;
    std::size_t m_count, m_cuts;
    bool m_isSliding;
    double m_threshold = -1, m_within = -1; ///< none yet; and what rounding lets pass
    /// Without overlap: the least seconds per byte and per message into and out of a device.
    struct Affine {
        double perByte = 0, perMessage = 0;
    };
    std::vector<Affine> m_receive, m_send;
    std::vector<Cut> m_furthest;
    std::vector<std::vector<double>> m_timeOnwards; ///< the least from each cut on; not sliding
    std::vector<double> m_carries;
    /// By sender, the widest link first, and what it carries at the threshold.
    std::vector<std::uint16_t> m_receivers;
    std::vector<double> m_receiverCarries;
    std::vector<std::size_t> m_byPayload; ///< cuts, the largest first
    std::vector<std::uint64_t> m_senders; ///< [cut][receiver]
    std::vector<bool> m_fromSource, m_toSink;
};

} // namespace millrace::plan
