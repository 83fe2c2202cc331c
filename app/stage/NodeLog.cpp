// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stage/NodeLog.h"

#include <sys/stat.h>
#include <unistd.h>

namespace millrace::stage
{
namespace
{

bool isStandardError(const std::filesystem::path& file)
{
    struct stat named {
    };
    struct stat written {
    };
    return ::lstat(file.c_str(), &named) == 0 && ::fstat(STDERR_FILENO, &written) == 0 &&
           S_ISREG(named.st_mode) && named.st_dev == written.st_dev &&
           named.st_ino == written.st_ino;
}

} // namespace

Log openNodeLog(const std::filesystem::path& folder)
{
    const LogFile file{folder / "node.log", StandardError::IsTheFile};
    if (isStandardError(file.path))
        if (auto log = Log::open(file))
            return std::move(*log);
    return Log::toStandardError();
}

} // namespace millrace::stage
