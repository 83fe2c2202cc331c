// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteHost.h"

namespace millrace::ssh
{

/// What a host is asked to run: always the same few words, readable for every login shell. The
/// script and its arguments follow on stdin. dd reads byte by byte, so that what follows the script
/// stays on stdin; other readers would take it into their buffers.
inline constexpr const char* kCommandLine =
    R"sh(exec sh -c 'IFS= read -r n && eval "$(dd bs=1 count="$n" 2>/dev/null)"')sh";

/// Script and arguments as kCommandLine reads them. InvalidArgument for arguments with line breaks.
[[nodiscard]] Result<std::string> framed(const Script& script,
                                         const std::vector<std::string>& arguments);

/// Cuts everything up to and with the mark that a framed script says first, on each output; false
/// while the mark has not come.
[[nodiscard]] bool cutNoise(std::string& text);

} // namespace millrace::ssh
