// SPDX-License-Identifier: GPL-3.0-or-later
/// What reports say, kept in files: tests/cli/golden/NAME.txt. After a change that is meant, run
/// the test with MILLRACE_WRITE_GOLDEN=1 and read the difference before committing it.
#pragma once

#include "ctl/Report.h"

namespace millrace::test
{

/// Empty when the report says what the golden file does, else where they part. With
/// MILLRACE_WRITE_GOLDEN the file is written anew instead.
[[nodiscard]] std::string departure(const std::string& name, const ctl::Report& report);

} // namespace millrace::test

#define COMPARE_GOLDEN(name, ...)                                                                  \
    do {                                                                                           \
        const std::string departure = millrace::test::departure(name, __VA_ARGS__);                \
        QVERIFY2(departure.empty(), departure.c_str());                                            \
    } while (false)
