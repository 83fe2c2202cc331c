// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <chrono>
#include <stop_token>

namespace millrace::runtime
{

using Clock = std::chrono::steady_clock;

/// How long an operation may wait, and who may call it off. Timeout and Cancelled are its errors.
struct Limit {
    std::stop_token stop;
    Clock::time_point deadline = Clock::time_point::max();
    [[nodiscard]] static Limit within(Clock::duration time, std::stop_token stop)
    {
        return {std::move(stop), Clock::now() + time};
    }
};

} // namespace millrace::runtime
