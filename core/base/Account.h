// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace millrace
{

/// Who this process runs as.
struct Account {
    std::string name;
    std::filesystem::path home;
    bool operator==(const Account&) const = default;
};

/// As the system's account list has it; for an account that it does not know, $USER and $HOME.
/// From any thread.
[[nodiscard]] Account thisAccount();

} // namespace millrace
