// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

#include <tuple>
#include <variant>
#include <vector>

namespace millrace::plan
{

// What may be different about one resource, everything else as it is.

struct MoreMemory {
    DeviceId device;
    Bytes by;
    bool operator==(const MoreMemory&) const = default;
};
struct MoreSpeed {
    DeviceId device;
    double factor = 1; ///< of its speed now: every layer time is divided by it
    bool operator==(const MoreSpeed&) const = default;
};
/// Of one direction; the other one stays.
struct MoreBandwidth {
    DeviceId from, to;
    double factor = 1;
    bool operator==(const MoreBandwidth&) const = default;
};
struct DeviceGone {
    DeviceId device;
    bool operator==(const DeviceGone&) const = default;
};
/// A device that is switched off hosts stages, too.
struct DeviceBack {
    DeviceId device;
    bool operator==(const DeviceBack&) const = default;
};
using Change = std::variant<MoreMemory, MoreSpeed, MoreBandwidth, DeviceGone, DeviceBack>;

/// Whether it names devices of the problem, and makes its resource larger but not too large.
[[nodiscard]] bool isPossible(const Problem& problem, const Change& change);
/// The problem after the change, which must be possible.
[[nodiscard]] Problem changed(Problem problem, const Change& change);

/// What a change is a step of: its kind, and the device or the two ends.
using Resource = std::tuple<std::size_t, DeviceId, DeviceId>;
struct Step {
    Resource resource;
    double size = 0; ///< comparable among steps of one resource
};
[[nodiscard]] Step stepOf(const Change& change);

/// Steps worth asking for, the smaller first. Of a device in use: a quarter, half and all of its
/// memory more, rounded down to a power of two; 1.25, 1.5 and 2 times its speed; to be gone. Of one
/// that is switched off: to be back.
[[nodiscard]] std::vector<Change> deviceChanges(const Problem& problem, DeviceId device);
/// 1.5, 2 and 4 times the bandwidth; none without a link, or where no plan could use it.
[[nodiscard]] std::vector<Change> linkChanges(const Problem& problem, DeviceId from, DeviceId to);
/// Of every device in use, then of every link.
[[nodiscard]] std::vector<Change> allChanges(const Problem& problem);

} // namespace millrace::plan
