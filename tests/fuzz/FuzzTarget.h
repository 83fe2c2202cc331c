// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace millrace::test
{

inline std::string_view textOf(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

/// Fuzz targets have no test framework; whatever breaks a promise must stop them.
inline void require(bool promise, const std::string& what)
{
    if (promise)
        return;
    std::fprintf(stderr, "broken promise: %s\n", what.c_str());
    std::abort();
}

/// Errors are one line, and not a long one.
inline void requireOneLine(const std::string& message)
{
    require(!message.empty() && message.size() < 1100, "an error has 1 to 1100 bytes");
    for (const char c : message)
        require(static_cast<unsigned char>(c) >= ' ', "an error is one line: " + message);
}

} // namespace millrace::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
