// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace millrace
{

/// Where a log file's lines go on the way.
enum class StandardError {
    Untouched, ///< it is the program's own
    IsTheFile, ///< it is this very file (a node's node.log) and stays so when files change
};

struct LogFile {
    std::filesystem::path path; ///< its folder is there already
    StandardError standardError = StandardError::Untouched;
    std::size_t bytes = std::size_t{4} << 20; ///< of one file, after which the next one begins
    std::size_t older = 3;      ///< node.1.log is the one before node.log; what is older is removed
    std::size_t perSecond = 10; ///< lines of one kind that pass LogThrottle
};

/// A log that cannot fill a disk and cannot drown its reader: files have a size and a number, and a
/// line that comes a thousand times a second passes LogThrottle. Each line begins with the time
/// (UTC), is one line whatever is in it, and is written out at once. Thread-safe. Nothing throws,
/// and a line that cannot be written is given up: a full disk ends no program.
class Log
{
public:
    /// Appends to the file; only the owner may read it (0600). Errors: Io.
    [[nodiscard]] static Result<Log> open(const LogFile& file);
    /// To standard error.
    [[nodiscard]] static Log toStandardError();

    Log(Log&&) noexcept;
    Log& operator=(Log&&) noexcept;
    ~Log();

    /// Never a secret.
    void write(const std::string& line) noexcept;
    /// The last lines as written, at most 500, the oldest first: for a window that shows them.
    [[nodiscard]] std::vector<std::string> recent() const;

private:
    class Impl;
    explicit Log(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace
