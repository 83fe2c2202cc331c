// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `base`: what every other room stands on (results, ids, units, files, JSON, progress).
/// It may use the standard library, tl::expected, fmt, nlohmann::json and OpenSSL's digests;
/// nothing of ours.
#pragma once

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace millrace
{

/// Chosen by what the caller does next, not by where the error came from.
enum class ErrorCode {
    InvalidArgument, ///< the caller asked for something that makes no sense; ask differently
    ParseError,      ///< a file's text is broken; mend the file
    Unsupported,     ///< well-formed, but Millrace cannot honour it
    NotFound,        ///< a file, name or device that does not exist
    Io,              ///< reading or writing failed
    Network,
    AuthFailed,
    HostKeyMismatch,
    Timeout,
    Cancelled,
    ResourceExhausted,
    Internal, ///< a defect of Millrace or of a library behind it
};

/// One clear sentence or two: what is wrong, where (file, line, field), what to do. No trailing
/// newline.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Names out of hostile files stand in messages: control characters become blanks, and what is
/// longer than 1,000 bytes loses its middle.
[[nodiscard]] std::string oneLine(std::string text);

/// `return fail(ErrorCode::NotFound, "{}: no such file", path);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format,
                                         Args&&... args)
{
    return tl::unexpected(Error{code, oneLine(fmt::format(format, std::forward<Args>(args)...))});
}

/// Adds "context: " in front of an error on its way up; the code stays.
[[nodiscard]] tl::unexpected<Error> inContext(const std::string& context, Error error);

} // namespace millrace
