// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <filesystem>

namespace millrace::ui
{

/// While it lives, what Qt and the window report also goes into a file that keeps within bounds,
/// and its last lines can be shown. There is one at a time, as Qt has one handler of messages;
/// messages may come from any thread.
class MessageLog
{
public:
    /// Writes millrace.log in `folder`, which is made; only to standard error where it cannot.
    explicit MessageLog(const std::filesystem::path& folder);
    ~MessageLog();
    MessageLog(const MessageLog&) = delete;
    MessageLog& operator=(const MessageLog&) = delete;

    [[nodiscard]] QStringList recent() const;             ///< oldest first
    [[nodiscard]] QString file() const { return m_file; } ///< empty where none is written

private:
    QString m_file;
};

} // namespace millrace::ui
