// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/ProcessMemory.h"

#include <fstream>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace millrace::runtime
{

ProcessMemory processMemory()
{
    ProcessMemory memory;
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::int64_t kibibytes = 0;
        if (word == "VmHWM:" && status >> kibibytes)
            memory.peak = {kibibytes * 1024};
        else if (word == "VmRSS:" && status >> kibibytes)
            memory.now = {kibibytes * 1024};
    }
    return memory;
}

void keepPeakLow()
{
#ifdef __GLIBC__
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

} // namespace millrace::runtime
