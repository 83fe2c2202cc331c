// SPDX-License-Identifier: GPL-3.0-or-later
/// A release of two stages on unlike devices, with figures that one can compute by hand.
#pragma once

#include "deploy/Release.h"

namespace millrace::test
{

/// Four layers in a chain on "gate" (gateway), "a" and "b"; compute 0.4 s and 0.2 s, hops 0.1, 0.3
/// and 0.05 s.
[[nodiscard]] deploy::Release smallRelease(const std::filesystem::path& folder);

} // namespace millrace::test
