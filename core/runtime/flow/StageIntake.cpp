// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/flow/StageIntake.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::size_t kGatewaysRemembered = 64;

}

bool StageIntake::isStale(const Epoch& epoch) const
{
    if (epoch.gateway == m_current.gateway)
        return epoch.number < m_current.number;
    return std::find(m_past.begin(), m_past.end(), epoch.gateway) != m_past.end();
}

bool StageIntake::take(const Epoch& epoch)
{
    if (isStale(epoch))
        return false;
    if (epoch.gateway != m_current.gateway && m_current.gateway != 0) {
        m_past.push_back(m_current.gateway);
        if (m_past.size() > kGatewaysRemembered)
            m_past.pop_front();
    }
    m_current = epoch;
    return true;
}

} // namespace millrace::runtime
