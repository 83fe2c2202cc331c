// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace millrace::deploy
{

/// Now, by the wall clock.
[[nodiscard]] inline double unixSeconds()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace millrace::deploy
