// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <string>
#include <string_view>

namespace millrace::ssh
{

/// Bytes of base64 with padding, as key lines have it; ParseError for anything else.
[[nodiscard]] Result<std::string> fromBase64(std::string_view text);
[[nodiscard]] std::string toBase64(std::string_view bytes);

/// HMAC-SHA1 of `text` with `salt` as key: what known_hosts hides names behind.
[[nodiscard]] std::string hmacSha1(std::string_view salt, std::string_view text);
/// The 32 bytes of SHA-256.
[[nodiscard]] std::string sha256Bytes(std::string_view content);
/// Unpredictable bytes; Internal when the system has none to give.
[[nodiscard]] Result<std::string> randomBytes(std::size_t count);

} // namespace millrace::ssh
