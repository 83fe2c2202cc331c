// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `ssh`: reaching other computers. It may use libssh, OpenSSL's digests and room base; no
/// other room sees libssh.
///
/// A RemoteHost runs fixed scripts with data on stdin and takes files. `connect()` in Session.h
/// makes one over SSH; others (this computer, a fake for tests) implement the same interface.
#pragma once

#include "base/Units.h"

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::ssh
{

/// Text of a shell script that stands in the program: only a compile-time constant converts, so
/// that no command can be pasted together from names that came out of a file.
class Script
{
public:
    template <std::size_t N>
    consteval Script(const char (&text)[N]) : m_text(text, N - 1)
    {
    }
    [[nodiscard]] std::string_view text() const { return m_text; }

private:
    std::string_view m_text;
};

struct Command {
    Script script; ///< for /bin/sh; POSIX only, since small devices have busybox
    /// "$1", "$2", ...: travel on stdin and are in no process list. No NUL and no line break.
    std::vector<std::string> arguments;
    std::string_view input; ///< the script's stdin; the caller keeps (and wipes) it
    Seconds limit{30};
    Bytes outputLimit{4 << 20}; ///< of stdout and stderr each; more is ResourceExhausted
};

struct ExitCode {
    int value = 0;
    bool operator==(const ExitCode&) const = default;
};
struct KilledBy {
    std::string signal; ///< "KILL", without SIG
    bool operator==(const KilledBy&) const = default;
};

struct CommandResult {
    std::variant<ExitCode, KilledBy> end;
    std::string out;
    std::string err;
    [[nodiscard]] bool succeeded() const
    {
        return end == std::variant<ExitCode, KilledBy>(ExitCode{0});
    }
};

enum class FileMode { Private, Executable }; ///< 0600, 0700

struct Upload {
    /// A file here, or bytes that the caller keeps (and wipes).
    std::variant<std::filesystem::path, std::string_view> content;
    std::string folder; ///< there; relative to the home folder; made with mode 0700
    std::string name;   ///< a file name without '/'
    FileMode mode = FileMode::Private;
    std::string sha256 = {}; ///< of the content when it is known already, else it is computed
    Seconds stall{30};       ///< without a byte taken by the other side: Timeout
    Seconds settle{180};     ///< for the other side to write everything to its disk
};

enum class UploadEnd {
    Sent,
    AlreadyThere, ///< a file of that name and hash was there: no content has travelled
};

/// Called on the uploading thread; must be quick.
class TransferSink
{
public:
    virtual ~TransferSink() = default;
    /// Never falls; reaches `total` before the other side has confirmed the hash.
    virtual void sent(Bytes done, Bytes total) = 0;
};

class NoTransferSink final : public TransferSink
{
public:
    void sent(Bytes, Bytes) override {}
};

/// One connection, used by one thread at a time. After Timeout, Network or Cancelled it may be
/// unusable: every further call then says Network, and one connects anew.
class RemoteHost
{
public:
    virtual ~RemoteHost() = default;
    /// "ada@pi-1", for messages.
    [[nodiscard]] virtual const std::string& name() const = 0;

    /// Runs the script and waits. Whatever it exits with is a result. Errors: Timeout and Cancelled
    /// (the script's process group gets SIGTERM), Network, Unsupported (no usable shell there),
    /// ResourceExhausted, InvalidArgument.
    [[nodiscard]] virtual Result<CommandResult> run(const Command& command,
                                                    std::stop_token stop) = 0;

    /// Streams into a temporary file in `folder`, compares SHA-256 there, writes it to the disk and
    /// renames: whoever looks sees the whole file or none. What fails leaves nothing behind. Errors
    /// as of run(), and ResourceExhausted (no space), Io (read-only, no permission, wrong hash).
    [[nodiscard]] virtual Result<UploadEnd> upload(const Upload& upload, TransferSink& sink,
                                                   std::stop_token stop) = 0;
};

} // namespace millrace::ssh
