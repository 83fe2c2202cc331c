// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace millrace
{

/// The known word that a mistyped one was probably meant to be, for "did you mean"; none when no
/// known word is near (Levenshtein distance of at most 1 and a quarter of its length).
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);

} // namespace millrace
