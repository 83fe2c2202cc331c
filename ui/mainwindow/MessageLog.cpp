// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/MessageLog.h"

#include "base/Log.h"

#include <cassert>
#include <memory>
#include <optional>

namespace millrace::ui
{
namespace
{

// Qt's handler is a plain function, so what it needs cannot be a member.
std::unique_ptr<Log> s_log;
QtMessageHandler s_before = nullptr;

void note(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    s_log->write(message.toStdString());
    s_before(type, context, message);
}

/// Standard error is the log itself.
void noteOnly(QtMsgType, const QMessageLogContext&, const QString& message)
{
    s_log->write(message.toStdString());
}

} // namespace

MessageLog::MessageLog(const std::filesystem::path& folder)
{
    assert(!s_log);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::filesystem::path path = folder / "millrace.log";
    auto log = Log::open({path});
    if (log)
        m_file = QString::fromStdString(path.string());
    s_log = std::make_unique<Log>(log ? std::move(*log) : Log::toStandardError());
    if (!log)
        s_log->write(log.error().message);
    s_before = qInstallMessageHandler(log ? &note : &noteOnly);
}

MessageLog::~MessageLog()
{
    qInstallMessageHandler(s_before);
    s_log.reset();
}

QStringList MessageLog::recent() const
{
    QStringList lines;
    for (const std::string& line : s_log->recent())
        lines << QString::fromStdString(line);
    return lines;
}

} // namespace millrace::ui
