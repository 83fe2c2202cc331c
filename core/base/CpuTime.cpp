// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/CpuTime.h"

#include <time.h>

namespace millrace
{

Seconds threadCpuTime()
{
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return Seconds{static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9};
}

} // namespace millrace
