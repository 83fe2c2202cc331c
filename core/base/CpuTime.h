// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"

namespace millrace
{

/// CPU time that the calling thread has used since it began, in user and kernel mode. What it
/// waited, and what other threads and processes did meanwhile, is not in it; so the difference of
/// two calls is what a computation in this thread cost, on a busy machine as well.
[[nodiscard]] Seconds threadCpuTime();

} // namespace millrace
