// SPDX-License-Identifier: GPL-3.0-or-later
#include "Said.h"

#include "base/Progress.h"

#include <sstream>

namespace millrace::test
{

ctl::Report said(const std::string& line)
{
    std::istringstream words(line);
    const auto parsed = ctl::parse(
        {std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()});
    ctl::Report report;
    if (const auto* answer = std::get_if<ctl::Answer>(&parsed)) {
        report.code = answer->code;
        report.text = answer->text;
        report.error = answer->error;
        return report;
    }
    NoProgress quiet;
    auto outcome = ctl::act(std::get<ctl::Chosen>(parsed), {{}, quiet});
    if (outcome)
        return std::move(*outcome);
    report.code = ctl::exitCode(outcome.error().code);
    report.error = outcome.error().message;
    return report;
}

OwnFolder::OwnFolder()
{
    std::error_code ignored;
    m_before = std::filesystem::current_path(ignored);
    std::filesystem::current_path(m_folder.path().toStdString(), ignored);
    qputenv("MILLRACE_CACHE", m_folder.filePath(QStringLiteral("cache")).toUtf8());
    qputenv("MILLRACE_STATE", m_folder.filePath(QStringLiteral("state")).toUtf8());
}

OwnFolder::~OwnFolder()
{
    std::error_code ignored;
    std::filesystem::current_path(m_before, ignored);
}

std::string all(const ctl::Report& report)
{
    return fmt::format("exit code {}\n{}\n{}{}", static_cast<int>(report.code), report.error,
                       report.text, report.json);
}

} // namespace millrace::test
