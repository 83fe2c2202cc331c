// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <stop_token>

namespace millrace::work
{

struct TrafficOptions {
    int distinctInputs = 8; ///< seeded random inputs, in turn
    std::uint64_t seed = 1;
};
struct TrafficCounts {
    std::uint64_t sent = 0, answered = 0, failed = 0;
    bool operator==(const TrafficCounts&) const = default;
};

/// Sends random requests as fast as the gateway takes them until it is stopped, so that there is
/// something to watch; bench() measures and compares. While a stage is down the requests wait.
/// After the stop no more are sent, and those under way are waited for, twice as long as the plan
/// takes for them, so that none counts as lost. Being stopped is the normal end, not an error;
/// errors: what connecting gives, Network when the gateway goes away. Blocking; not for the GUI
/// thread.
[[nodiscard]] Result<TrafficCounts> sendTraffic(const deploy::Release& release,
                                                const TrafficOptions& options,
                                                const std::stop_token& stop);

} // namespace millrace::work
