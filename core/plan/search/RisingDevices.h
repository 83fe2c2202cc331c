// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/WalkRelaxation.h"

#include <algorithm>

namespace millrace::plan
{

/// The devices on which a stage may begin at a cut, by what a walk that goes on there still pays.
class RisingDevices
{
public:
    /// The relaxation must outlive it. About `most` of them are asked for.
    RisingDevices(const WalkRelaxation& relaxation, std::size_t devices, std::size_t most)
        : m_relaxation(relaxation), m_devices(devices), m_sorted(kOrdered * most)
    {
    }

    void moveTo(std::size_t cut)
    {
        const WalkRelaxation::Price* costs = m_relaxation.costsFrom(cut);
        m_rising.clear();
        for (std::size_t d = 0; d < m_devices; ++d)
            if (costs[d] < WalkRelaxation::kUnreachable)
                m_rising.push_back(static_cast<std::uint16_t>(d));
        const std::size_t sorted = std::min(m_rising.size(), m_sorted);
        const auto end = m_rising.begin() + static_cast<std::ptrdiff_t>(sorted);
        std::partial_sort(m_rising.begin(), end, m_rising.end(),
                          [costs](std::uint16_t a, std::uint16_t b) {
                              return std::pair(costs[a], a) < std::pair(costs[b], b);
                          });
        m_areAll = sorted == m_rising.size();
        m_rising.erase(end, m_rising.end());
    }
    [[nodiscard]] auto begin() const { return m_rising.begin(); }
    [[nodiscard]] auto end() const { return m_rising.end(); }
    /// False: some dear ones are left out.
    [[nodiscard]] bool areAll() const { return m_areAll; }

private:
    /// Used devices are passed over, so that some more than are asked for are put in order.
    static constexpr std::size_t kOrdered = 16;

    const WalkRelaxation& m_relaxation;
    std::size_t m_devices, m_sorted;
    std::vector<std::uint16_t> m_rising;
    bool m_areAll = true;
};

} // namespace millrace::plan
