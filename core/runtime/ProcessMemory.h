// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"

namespace millrace::runtime
{

/// Of this process, from /proc/self/status: VmHWM and VmRSS.
struct ProcessMemory {
    Bytes peak, now;
};
[[nodiscard]] ProcessMemory processMemory();

/// One malloc arena, and large blocks go back to the system as soon as they are freed: the peak
/// stays near what is in use. For the whole process; call it first.
void keepPeakLow();

} // namespace millrace::runtime
