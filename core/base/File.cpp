// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>

namespace millrace
{
namespace
{

/// A file descriptor that closes itself.
class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

std::string systemMessage()
{
    return std::strerror(errno);
}

Result<void> writeAll(int fd, std::string_view content, const std::string& path)
{
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(ErrorCode::Io, "{}: cannot write: {}", path, systemMessage());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// A device or a pipe: there is nothing to replace, and renaming over it would destroy it.
Result<void> writeInto(const std::filesystem::path& path, std::string_view content)
{
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0)
        return fail(ErrorCode::Io, "{}: cannot open: {}", path.string(), systemMessage());
    return writeAll(file.get(), content, path.string());
}

/// Where a symbolic link leads; any other path as it is.
std::filesystem::path linkTarget(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_symlink(path, error))
        return path;
    const auto target = std::filesystem::weakly_canonical(path, error);
    return error ? path : target;
}

/// Beside the target, then over it. `mode` is for the new file; none: as the old one had it.
Result<void> replace(const std::filesystem::path& path, std::string_view content,
                     std::optional<mode_t> mode)
{
    static std::atomic<unsigned> counter = 0;
    const std::filesystem::path target = linkTarget(path);
    const std::string temporary =
        fmt::format("{}.{}-{}.tmp", target.string(), ::getpid(), counter.fetch_add(1));
    const Descriptor file(::open(temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 mode.value_or(0666)));
    if (file.get() < 0)
        return fail(ErrorCode::Io, "{}: cannot write into its folder: {}", path.string(),
                    systemMessage());
    std::error_code error;
    const auto old = std::filesystem::status(path, error);
    if (!mode && is_regular_file(old))
        ::fchmod(file.get(), static_cast<mode_t>(old.permissions()));
    Result<void> done = writeAll(file.get(), content, path.string());
    if (done && ::fsync(file.get()) != 0)
        done = fail(ErrorCode::Io, "{}: cannot write: {}", path.string(), systemMessage());
    if (done && ::rename(temporary.c_str(), target.c_str()) != 0)
        done = fail(ErrorCode::Io, "{}: cannot replace it: {}", path.string(), systemMessage());
    if (!done)
        ::unlink(temporary.c_str());
    return done ? syncFolder(target.parent_path()) : done;
}

} // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::uintmax_t limit)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return fail(ErrorCode::NotFound, "{}: no such file; check the path", path.string());
    if (std::filesystem::is_directory(status))
        return fail(ErrorCode::Io, "{}: is a folder, a file is needed", path.string());
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail(ErrorCode::Io, "{}: cannot open: {}", path.string(), systemMessage());

    std::string content;
    if (std::filesystem::is_regular_file(status)) {
        const auto size = std::filesystem::file_size(path, error);
        if (!error && size <= limit)
            content.reserve(size);
    }
    std::string block(1 << 20, '\0');
    while (in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        content.append(block, 0, static_cast<std::size_t>(in.gcount()));
        if (content.size() > limit)
            return fail(ErrorCode::ResourceExhausted, "{}: larger than {} bytes", path.string(),
                        limit);
    }
    if (in.bad())
        return fail(ErrorCode::Io, "{}: cannot read: {}", path.string(), systemMessage());
    return content;
}

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view content)
{
    std::error_code error;
    const auto old = std::filesystem::status(path, error);
    if (exists(old) && !is_regular_file(old) && !is_directory(old))
        return writeInto(path, content);
    return replace(path, content, std::nullopt);
}

Result<void> writePrivateFile(const std::filesystem::path& path, std::string_view content)
{
    return replace(path, content, 0600);
}

Result<void> syncFolder(const std::filesystem::path& folder)
{
    const std::filesystem::path named = folder.empty() ? "." : folder;
    const Descriptor file(::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 && errno == EACCES)
        return {}; // one may write into a folder that one may not read
    // Some file systems cannot sync a folder; there is nothing better to be had on them.
    if (file.get() < 0 || (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP))
        return fail(ErrorCode::Io, "{}: cannot write the folder: {}", named.string(),
                    systemMessage());
    return {};
}

Result<std::string> readEnd(const std::filesystem::path& path, std::uintmax_t limit)
{
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = in ? static_cast<std::streamoff>(in.tellg()) : -1;
    if (size < 0)
        return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, "{}: cannot open: {}",
                    path.string(), systemMessage());
    const auto wanted = std::min(static_cast<std::uintmax_t>(size), limit);
    std::string end(wanted, '\0');
    in.seekg(size - static_cast<std::streamoff>(wanted));
    in.read(end.data(), static_cast<std::streamsize>(wanted));
    if (in.bad())
        return fail(ErrorCode::Io, "{}: cannot read: {}", path.string(), systemMessage());
    end.resize(static_cast<std::size_t>(in.gcount()));
    return end;
}

std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> entries;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
        entries.push_back(entry->path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

std::filesystem::path absolutePath(const std::filesystem::path& path)
{
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    return error ? path : absolute;
}

std::filesystem::path cacheFolder()
{
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value != nullptr ? value : "");
    };
    if (const std::string own = variable("MILLRACE_CACHE"); !own.empty())
        return own;
    if (const std::string xdg = variable("XDG_CACHE_HOME"); !xdg.empty())
        return std::filesystem::path(xdg) / "millrace";
    return std::filesystem::path(variable("HOME")) / ".cache" / "millrace";
}

} // namespace millrace
