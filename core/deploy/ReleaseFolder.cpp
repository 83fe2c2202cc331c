// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/ReleaseFolder.h"

#include "base/File.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <random>

namespace millrace::deploy
{
namespace
{

Result<void> makePrivateFolder(const std::filesystem::path& folder)
{
    if (::mkdir(folder.c_str(), 0700) != 0)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}", folder.string(),
                    std::strerror(errno));
    return {};
}

} // namespace

Result<ReleaseLock> ReleaseLock::take(const Release& release)
{
    const auto file = release.folder / "lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(ErrorCode::Io, "{}: cannot open: {}", file.string(), std::strerror(errno));
    ReleaseLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const auto holder = readFile(file, 100);
        return fail(ErrorCode::Network,
                    "release {} is being worked on by another Millrace (process {}); wait until it "
                    "is done",
                    release.id, holder ? *holder : "?");
    }
    const std::string self = std::to_string(::getpid());
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, self.data(), self.size(), 0) < 0)
        return fail(ErrorCode::Io, "{}: cannot write: {}", file.string(), std::strerror(errno));
    return lock;
}

ReleaseLock::~ReleaseLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

std::string newReleaseId(const std::filesystem::path& model, double unixSeconds)
{
    std::string stem = model.stem().string().substr(0, 40);
    for (char& c : stem) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            c = '-';
    }
    stem.erase(0, stem.find_first_not_of('-'));
    const auto seconds = static_cast<std::time_t>(unixSeconds);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    return fmt::format("{}-{:04}{:02}{:02}-{:02}{:02}{:02}-{:04x}", stem.empty() ? "model" : stem,
                       utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                       utc.tm_sec, std::random_device()() & 0xffffU);
}

Result<void> makeFolder(const Release& release)
{
    std::error_code error;
    std::filesystem::create_directories(release.folder.parent_path(), error);
    std::filesystem::permissions(release.folder.parent_path(), std::filesystem::perms::owner_all,
                                 error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}",
                    release.folder.parent_path().string(), error.message());
    return makePrivateFolder(release.folder).and_then([&] { return saveRelease(release); });
}

Result<void> saveRelease(const Release& release)
{
    return writePrivateFile(release.folder / "release.json", writeRelease(release));
}

Result<void> removeFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot remove it: {}", folder.string(), error.message());
    return {};
}

} // namespace millrace::deploy
