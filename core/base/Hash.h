// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace
{

/// SHA-256 as 64 lower-case hex digits.
[[nodiscard]] std::string sha256(std::string_view content);
/// The same over a file, read in blocks.
[[nodiscard]] Result<std::string> sha256File(const std::filesystem::path& path);

} // namespace millrace
