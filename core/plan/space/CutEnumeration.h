// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bits.h"
#include "plan/Problem.h"

#include <functional>
#include <optional>

namespace millrace::plan
{

/// A down-closed set of layers and what crosses its border.
struct LayerSet {
    Bits inside;
    Bytes payload;
};

/// Every down-closed set of layers with a payload of at most `most` bytes, and the empty and the
/// full set whatever theirs; in no order. None when there are more than `limit`, when most branches
/// lead nowhere, or when `stopped`, asked often, said yes.
[[nodiscard]] std::optional<std::vector<LayerSet>> cutsUpTo(const Problem& problem, double most,
                                                            std::size_t limit,
                                                            const std::function<bool()>& stopped);

} // namespace millrace::plan
