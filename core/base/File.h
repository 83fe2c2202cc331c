// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace
{

/// The whole file; NotFound, Io, or ResourceExhausted above `limit` bytes. A folder is an error.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::uintmax_t limit = std::uintmax_t{4} << 30);

/// Writes beside the target, syncs and renames, and syncs the folder: after a crash there is the
/// old file or the new one, never half of one. A symbolic link stays and its target is replaced;
/// permissions stay, too. A device or a pipe (/dev/stdout) is written into.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path,
                                               std::string_view content);

/// The same for secrets: only the owner may read the file (mode 0600), from its first byte on.
[[nodiscard]] Result<void> writePrivateFile(const std::filesystem::path& path,
                                            std::string_view content);

/// So that what was made, renamed or removed in a folder stays so after a loss of power.
[[nodiscard]] Result<void> syncFolder(const std::filesystem::path& folder);

/// The last bytes of a file, `limit` at most, however large it is; NotFound or Io.
[[nodiscard]] Result<std::string> readEnd(const std::filesystem::path& path, std::uintmax_t limit);

/// What lies in a folder, in the order of the names; nothing where it cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder);

/// Seen from the working folder; the path as it is when that folder is gone.
[[nodiscard]] std::filesystem::path absolutePath(const std::filesystem::path& path);

/// $MILLRACE_CACHE, else $XDG_CACHE_HOME/millrace, else ~/.cache/millrace; not created.
[[nodiscard]] std::filesystem::path cacheFolder();

} // namespace millrace
