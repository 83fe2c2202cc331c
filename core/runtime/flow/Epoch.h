// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace millrace::runtime
{

/// Which sending of a request a frame belongs to: of which gateway's life, and the how many-th
/// after something was lost. Numbers grow within a life; two lives have no order.
struct Epoch {
    std::uint64_t gateway = 0; ///< the gateway's incarnation; 0: a client's own frames
    std::uint64_t number = 0;
    bool operator==(const Epoch&) const = default;
};

} // namespace millrace::runtime
