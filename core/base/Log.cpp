// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Log.h"

#include "base/Guarded.h"
#include "base/LogThrottle.h"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace millrace
{
namespace
{

constexpr std::size_t kRecent = 500;

/// Made here, for spdlog leaves the mode to the umask and follows links.
void makePrivate(const std::string& path)
{
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        throw spdlog::spdlog_ex(std::strerror(errno));
    ::fchmod(file, 0600);
    ::close(file);
}

std::shared_ptr<spdlog::sinks::sink> fileSink(const LogFile& file)
{
    spdlog::file_event_handlers events;
    events.before_open = [](const spdlog::filename_t& path) { makePrivate(path); };
    if (file.standardError == StandardError::IsTheFile)
        events.after_open = [](const spdlog::filename_t&, std::FILE* opened) {
            ::dup2(::fileno(opened), STDERR_FILENO);
        };
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.path.string(), file.bytes,
                                                                  file.older, false, events);
}

} // namespace

class Log::Impl
{
public:
    Impl(std::shared_ptr<spdlog::sinks::sink> sink, std::size_t perSecond)
        : m_throttle(perSecond),
          m_recent(std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(kRecent)),
          m_logger("", {std::move(sink), m_recent})
    {
        m_logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%SZ %v", spdlog::pattern_time_type::utc));
        m_logger.flush_on(spdlog::level::trace);
        m_logger.set_error_handler([](const std::string&) {});
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl()
    {
        static_cast<void>(guarded("log", [this] { writeAll(m_throttle.close()); }));
    }

    void write(const std::string& line)
    {
        const std::lock_guard lock(m_mutex);
        writeAll(m_throttle.take(oneLine(line), std::chrono::steady_clock::now()));
    }

    [[nodiscard]] std::vector<std::string> recent() const
    {
        auto lines = m_recent->last_formatted();
        for (std::string& line : lines)
            line.erase(line.find_last_not_of("\r\n") + 1);
        return lines;
    }

private:
    void writeAll(const std::vector<std::string>& lines)
    {
        for (const std::string& line : lines)
            m_logger.log(spdlog::level::info, spdlog::string_view_t(line));
    }

    std::mutex m_mutex;
    LogThrottle m_throttle;
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> m_recent;
    spdlog::logger m_logger;
};

Log::Log(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Result<Log> Log::open(const LogFile& file)
{
    try {
        return Log(std::make_unique<Impl>(fileSink(file), file.perSecond));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Io, "{}: cannot write the log: {}", file.path.string(),
                    exception.what());
    }
}

Log Log::toStandardError()
{
    return Log(std::make_unique<Impl>(std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                      LogFile().perSecond));
}

void Log::write(const std::string& line) noexcept
{
    static_cast<void>(guarded("log", [&] { m_impl->write(line); }));
}

std::vector<std::string> Log::recent() const
{
    return m_impl->recent();
}

} // namespace millrace
