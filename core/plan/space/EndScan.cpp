// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/space/EndScan.h"

#include <algorithm>

namespace millrace::plan
{

void EndScan::moveTo(std::size_t cut)
{
    m_cut = cut;
    std::size_t furthest = cut;
    for (std::size_t d = 0; d < m_space.devices.size(); ++d)
        furthest = std::max(furthest, std::size_t{m_reach.furthest(d, cut)});
    m_space.cuts.above(cut, furthest, m_above);
}

} // namespace millrace::plan
