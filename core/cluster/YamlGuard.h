// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace millrace::cluster
{

/// Looks through hostile YAML before a tree is built of it, which may take hundreds of bytes for a
/// character. Throws YAML::Exception for depth, aliases, a second document, and more values than
/// any cluster has.
void guardYaml(const std::string& text);

} // namespace millrace::cluster
