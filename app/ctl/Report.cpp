// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Report.h"

#include <algorithm>

namespace millrace::ctl
{

ExitCode exitCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::ParseError:
    case ErrorCode::Unsupported:
    case ErrorCode::NotFound:
    case ErrorCode::ResourceExhausted:
        return ExitCode::BadInput;
    case ErrorCode::Cancelled:
        return ExitCode::StoppedBeforePlan;
    case ErrorCode::Io:
    case ErrorCode::Network:
    case ErrorCode::AuthFailed:
    case ErrorCode::HostKeyMismatch:
    case ErrorCode::Timeout:
    case ErrorCode::Internal:
        break;
    }
    return ExitCode::Failure;
}

Report usageError(std::string message)
{
    Report report;
    report.code = ExitCode::Usage;
    report.error = std::move(message);
    return report;
}

std::string dumped(const Json& json)
{
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string printable(std::string_view text)
{
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return line;
}

} // namespace millrace::ctl
