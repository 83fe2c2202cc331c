// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/Architecture.h"

namespace millrace::graph
{

std::int64_t Architecture::parameterCount() const
{
    std::int64_t count = 0;
    for (const ArchitectureLayer& layer : layers)
        count += layer.parameters;
    return count;
}

} // namespace millrace::graph
