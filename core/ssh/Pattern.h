// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace millrace::ssh
{

/// ssh_config's and known_hosts' wildcards: `*` any number of characters, `?` exactly one. Time is
/// at most text * pattern, also for hostile patterns.
[[nodiscard]] bool matchesPattern(std::string_view text, std::string_view pattern);

/// A list of patterns of which those with `!` forbid: at least one must match, and none of the
/// forbidding ones. Separated by commas and blanks; letters compare without case.
[[nodiscard]] bool matchesList(std::string_view text, std::string_view patterns);

} // namespace millrace::ssh
