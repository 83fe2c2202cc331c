// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/LogThrottle.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace millrace
{
namespace
{

constexpr std::chrono::seconds kWindow{1};
constexpr std::size_t kMaxKinds = 64;
constexpr std::size_t kMaxKey = 80; ///< bytes; strangers choose what stands in some lines

std::string kindOf(const std::string& line)
{
    std::string kind;
    std::istringstream words(line.substr(0, 4 * kMaxKey));
    for (std::string word; kind.size() < kMaxKey && words >> word;)
        if (std::none_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }))
            kind += word + ' ';
    return kind.substr(0, kMaxKey);
}

std::string shortened(const std::string& line)
{
    return line.size() <= kMaxKey ? line : line.substr(0, kMaxKey) + "...";
}

} // namespace

void LogThrottle::tell(const Kind& kind, std::vector<std::string>& lines) const
{
    if (kind.leftOut > 0)
        lines.push_back(fmt::format("... {} more like this: {}", kind.leftOut, kind.first));
}

std::vector<std::string> LogThrottle::take(const std::string& line, Time now)
{
    std::vector<std::string> lines;
    for (auto known = m_kinds.begin(); known != m_kinds.end();) {
        if (now - known->second.since < kWindow) {
            ++known;
            continue;
        }
        tell(known->second, lines);
        known = m_kinds.erase(known);
    }
    std::string key = kindOf(line);
    if (m_kinds.size() >= kMaxKinds && !m_kinds.contains(key))
        key.clear();
    Kind& kind = m_kinds[key];
    if (kind.passed + kind.leftOut == 0) {
        kind.since = now;
        kind.first = shortened(line);
    }
    if (kind.passed < m_perSecond) {
        ++kind.passed;
        lines.push_back(line);
    } else {
        ++kind.leftOut;
    }
    return lines;
}

std::vector<std::string> LogThrottle::close()
{
    std::vector<std::string> lines;
    for (const auto& [key, kind] : m_kinds)
        tell(kind, lines);
    m_kinds.clear();
    return lines;
}

} // namespace millrace
