// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Account.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace millrace
{
namespace
{

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

} // namespace

Account thisAccount()
{
    // getpwuid() would fill one buffer for all threads.
    std::array<char, 16384> memory{};
    ::passwd entry{};
    ::passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, memory.data(), memory.size(), &found) == 0 &&
        found != nullptr)
        return {found->pw_name, found->pw_dir};
    return {variable("USER"), variable("HOME")};
}

} // namespace millrace
