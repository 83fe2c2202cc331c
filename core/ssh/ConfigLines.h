// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "ssh/Config.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ssh
{

/// One keyword of a config file that applies to the host in question.
struct ConfigLine {
    std::string where;                  ///< "/home/ada/.ssh/config:12"
    std::string keyword;                ///< lower case
    std::vector<std::string> arguments; ///< unquoted, at least one
};

/// What Host and Match lines compare with; `hostName` and `user` as far as they are known by then.
struct MatchSubject {
    std::string alias;
    std::function<std::string()> hostName;
    std::function<std::string()> user;
    std::string localUser;
};

/// Splits one line; no arguments and an empty keyword for blanks and comments. ParseError without a
/// place for an open quote or a keyword alone.
[[nodiscard]] Result<ConfigLine> splitConfigLine(std::string_view line);

using ConfigHandler = std::function<Result<void>(const ConfigLine&)>;

/// Walks through a file and what it includes, and hands every line that applies to `handle`. A
/// missing file is empty. `includeFolder`: what a relative Include starts from.
[[nodiscard]] Result<void> walkConfig(const std::filesystem::path& file,
                                      const std::filesystem::path& includeFolder,
                                      const std::filesystem::path& home,
                                      const MatchSubject& subject, const ConfigHandler& handle);

} // namespace millrace::ssh
