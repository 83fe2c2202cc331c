// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/flow/Epoch.h"

#include <deque>

namespace millrace::runtime
{

/// What a stage decides about frames and streams, without clocks, sockets or threads; the caller
/// guards it. Streams come from the stage before; the newest is the one in force, for whoever
/// dials again has given up the one before. Two rules keep requests from being lost in silence: a
/// frame that arrived whole is always used, also when its stream is replaced meanwhile; and whoever
/// sent on a stream that ended counts a loss, which makes the gateway send again.
class StageIntake
{
public:
    using Stream = std::uint64_t;
    /// A new stream, in force from now on.
    [[nodiscard]] Stream open() { return ++m_newest; }
    [[nodiscard]] bool isInForce(Stream stream) const { return stream == m_newest; }

    /// A frame arrived. False: stale, to be dropped, because its request was sent anew, or belongs
    /// to a gateway that has been followed by another. A gateway that was never heard of before is
    /// the newest one.
    [[nodiscard]] bool take(const Epoch& epoch);
    /// The same question later on the frame's way through the stage.
    [[nodiscard]] bool isStale(const Epoch& epoch) const;

    /// A stream on which this stage had sent ended: what it carried may not have arrived.
    void lostWhatWasSent() { ++m_losses; }
    /// Only grows; every change makes the gateway send again what is not answered.
    [[nodiscard]] std::uint64_t losses() const { return m_losses; }

private:
    Stream m_newest = 0;
    Epoch m_current;
    std::deque<std::uint64_t> m_past; ///< gateways before the current one, newest last
    std::uint64_t m_losses = 0;
};

} // namespace millrace::runtime
