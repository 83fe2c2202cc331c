// SPDX-License-Identifier: GPL-3.0-or-later
/// What the gateway of the small release says of it, for the tests of the Watch mode.
#pragma once

#include "deploy/SmallRelease.h"
#include "runtime/Metrics.h"

namespace millrace::test
{

/// The wall clock when the release started.
inline constexpr double kStart = 1764023730;

[[nodiscard]] inline deploy::Release watchedRelease()
{
    return smallRelease("/tmp/releases/small");
}

/// Of `count` values that are all the same.
[[nodiscard]] runtime::Summary summary(std::uint64_t count, double each);

/// Of the small release after `seconds`, with 1.5 answers per host second, as its gateway says it:
/// times are divided by the dilation already.
[[nodiscard]] runtime::LiveStatus liveStatus(double seconds, std::uint64_t answered);

/// But for the last digits.
[[nodiscard]] bool isNear(double a, double b);

} // namespace millrace::test
