// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace millrace::deploy
{

/// The built-in example, five unlike devices: the text of resources/clusters/example.yaml.
[[nodiscard]] std::string_view exampleClusterText();

} // namespace millrace::deploy
