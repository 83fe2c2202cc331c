// SPDX-License-Identifier: GPL-3.0-or-later
/// What tests ask of the messages that a result or a program gives.
#pragma once

#include "base/Error.h"

#include <string>

namespace millrace::test
{

/// "no error" where there is a value.
template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

inline bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace millrace::test
