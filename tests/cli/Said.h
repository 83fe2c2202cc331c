// SPDX-License-Identifier: GPL-3.0-or-later
/// Runs commands of millracectl in this process, without a terminal.
#pragma once

#include "ctl/Program.h"

#include <QTemporaryDir>

#include <filesystem>

namespace millrace::test
{

/// What the program would say to this command line, split at its blanks: a mistake or a failure is
/// a report, too, with its exit code.
[[nodiscard]] ctl::Report said(const std::string& line);

/// A folder that is the working directory while this lives, with cache and state in it.
class OwnFolder
{
public:
    OwnFolder();
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    ~OwnFolder();

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_before;
};

/// For QVERIFY2: everything that was said.
[[nodiscard]] std::string all(const ctl::Report& report);

} // namespace millrace::test

/// That it failed with this code, and that its one line says so.
#define EXPECT_FAILURE(report, exitCode, part)                                                     \
    do {                                                                                           \
        const millrace::ctl::Report failed = report;                                               \
        QVERIFY2(failed.code == (exitCode), millrace::test::all(failed).c_str());                  \
        QVERIFY2(failed.error.find(part) != std::string::npos,                                     \
                 millrace::test::all(failed).c_str());                                             \
    } while (false)
