// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace millrace
{

/// Keeps a log readable when something happens a thousand times a second: of one kind of line, only
/// the first few of a second pass, and then it is said how many were like them. Lines are of one
/// kind when they differ in words with digits only (addresses, ports, numbers). Bounded memory:
/// beyond 64 kinds at once, all further ones count as one. Not thread-safe; times never fall.
class LogThrottle
{
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit LogThrottle(std::size_t perSecond = 10) : m_perSecond(perSecond) {}

    /// What is to be written now that `line` has come, in order.
    [[nodiscard]] std::vector<std::string> take(const std::string& line, Time now);
    /// What was left out and not yet told, before the log is closed.
    [[nodiscard]] std::vector<std::string> close();

private:
    struct Kind {
        Time since;
        std::size_t passed = 0;
        std::size_t leftOut = 0;
        std::string first; ///< a line of this kind, shortened
    };
    void tell(const Kind& kind, std::vector<std::string>& lines) const;

    std::size_t m_perSecond;
    std::map<std::string, Kind> m_kinds;
};

} // namespace millrace
