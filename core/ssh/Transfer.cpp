// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Transfer.h"

#include "base/Hash.h"
#include "ssh/Exec.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace millrace::ssh
{
namespace
{

constexpr std::size_t kBlock = 1 << 20;

/// $1 folder, $2 name, $3 mode, $4 size, $5 SHA-256. Says "have" or "send" first, "done" at the
/// end, and in between nothing but the complaints of tee. tee and sha256sum run beside each other,
/// so that hashing costs little time of its own; openssl, where it is there and works, uses the
/// processor's instructions, which coreutils' sha256sum does not.
constexpr Script kReceive(R"sh(
die() { echo "$2" >&2; exit "$1"; }
hash() { openssl dgst -sha256 -r 2>/dev/null | cut -c 1-64; }
[ "$(hash < /dev/null | cut -c 1-8)" = e3b0c442 ] || hash() { sha256sum | cut -c 1-64; }
mkdir -p -- "$1" && cd -- "$1" && chmod 700 . || die 21 "cannot make the folder $1"
[ ! -d "./$2" ] || die 21 "$1/$2 is a folder"
if [ -f "./$2" ] && [ "$(wc -c < "./$2")" -eq "$4" ] && [ "$(hash < "./$2")" = "$5" ]; then
    chmod "$3" "./$2"; echo have; exit 0
fi
t="./.$2.$$.part"
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM PIPE
: > "$t" || die 21 "cannot write into $1"
chmod "$3" "$t"
exec 3>&1
echo send
sum=$(tee -- "$t" 2>&3 | hash)
[ "$(wc -c < "$t")" -eq "$4" ] && [ "$sum" = "$5" ] || die 22 'the content has arrived damaged'
sync "$t" 2>/dev/null || sync || die 23 'cannot write to the disk'
mv -f -- "$t" "./$2" || die 21 "cannot rename into $1/$2"
sync . 2>/dev/null
echo done
)sh");

ErrorCode codeOf(const std::string& complaint)
{
    const auto says = [&complaint](const char* what) {
        return complaint.find(what) != std::string::npos;
    };
    return says("No space left") || says("quota exceeded") || says("File too large")
               ? ErrorCode::ResourceExhausted
               : ErrorCode::Io;
}

class ShellTransfer
{
public:
    ShellTransfer(const Connection& connection, const Upload& upload, Content& content,
                  TransferSink& sink, const StopSignal& stop)
        : m_connection(connection), m_upload(upload), m_content(content), m_sink(sink), m_stop(stop)
    {
    }
    Result<UploadEnd> run();

private:
    Result<void> begin();
    Result<std::string> answer();
    Result<void> send();
    Result<void> put(std::string_view block);
    tl::unexpected<Error> refusal();
    Clock::time_point stallTime() const { return deadlineIn(m_upload.stall); }

    const Connection& m_connection;
    const Upload& m_upload;
    Content& m_content;
    TransferSink& m_sink;
    const StopSignal& m_stop;
    std::unique_ptr<Exec> m_exec;
    std::int64_t m_sent = 0;
};

Result<void> ShellTransfer::begin()
{
    const std::string folder =
        m_upload.folder.starts_with('/') ? m_upload.folder : "./" + m_upload.folder;
    auto exec =
        Exec::start(m_connection, kReceive,
                    {folder, m_upload.name, m_upload.mode == FileMode::Executable ? "700" : "600",
                     std::to_string(m_content.size()), m_content.sha256()},
                    Bytes{1 << 16}, stallTime(), m_stop);
    if (!exec)
        return tl::unexpected(exec.error());
    m_exec = *std::move(exec);
    return {};
}

/// The next line that the script says.
Result<std::string> ShellTransfer::answer()
{
    const auto deadline = deadlineIn(m_upload.settle);
    for (;;) {
        if (auto moved = m_exec->exchange({}); !moved)
            return tl::unexpected(moved.error());
        std::string& out = m_exec->out();
        if (const std::size_t end = out.find('\n'); end != std::string::npos) {
            std::string line = out.substr(0, end);
            out.erase(0, end + 1);
            return line;
        }
        if (m_exec->ended())
            return refusal();
        if (auto waited = m_exec->wait(deadline, m_stop); !waited)
            return tl::unexpected(waited.error());
    }
}

/// The script has given up; its last words say why.
tl::unexpected<Error> ShellTransfer::refusal()
{
    if (auto done = m_exec->finish(stallTime(), m_stop); !done)
        return tl::unexpected(done.error());
    const std::string why = m_exec->err().empty() ? "the script ended early" : m_exec->err();
    return fail(codeOf(why), "{}: {}", m_connection.name(), why);
}

Result<void> ShellTransfer::put(std::string_view block)
{
    auto deadline = stallTime();
    while (!block.empty()) {
        const auto taken = m_exec->exchange(block);
        if (!taken)
            return tl::unexpected(taken.error());
        // Nothing is said while content is welcome.
        if (const std::string& complaint = m_exec->out(); !complaint.empty())
            return fail(codeOf(complaint), "{}: {}", m_connection.name(), complaint);
        if (m_exec->ended())
            return refusal();
        if (*taken == 0) {
            if (auto waited = m_exec->wait(deadline, m_stop); !waited)
                return waited;
            continue;
        }
        block.remove_prefix(*taken);
        m_sent += static_cast<std::int64_t>(*taken);
        m_sink.sent({m_sent}, {m_content.size()});
        deadline = stallTime();
        if (m_stop.stopped())
            return fail(ErrorCode::Cancelled, "{}: cancelled", m_connection.name());
    }
    return {};
}

Result<void> ShellTransfer::send()
{
    for (;;) {
        const auto block = m_content.next();
        if (!block)
            return tl::unexpected(block.error());
        if (block->empty())
            return m_exec->endInput();
        if (auto done = put(*block); !done)
            return done;
    }
}

Result<UploadEnd> ShellTransfer::run()
{
    if (auto done = begin(); !done)
        return tl::unexpected(done.error());
    auto said = answer();
    if (!said)
        return tl::unexpected(said.error());
    if (*said == "have") {
        if (auto done = m_exec->finish(stallTime(), m_stop); !done)
            return tl::unexpected(done.error());
        return UploadEnd::AlreadyThere;
    }
    if (auto done = send(); !done)
        return tl::unexpected(done.error());
    said = answer();
    if (!said)
        return tl::unexpected(said.error());
    if (*said != "done")
        return fail(codeOf(*said), "{}: {}", m_connection.name(), *said);
    if (auto done = m_exec->finish(stallTime(), m_stop); !done)
        return tl::unexpected(done.error());
    return UploadEnd::Sent;
}

Result<void> checkNames(const Upload& upload)
{
    constexpr std::string_view kForbidden("\n\0", 2);
    const bool name = !upload.name.empty() && upload.name != "." && upload.name != ".." &&
                      upload.name.find('/') == std::string::npos;
    if (!name || upload.folder.empty() ||
        (upload.name + upload.folder).find_first_of(kForbidden) != std::string::npos)
        return fail(ErrorCode::InvalidArgument, "cannot upload to \"{}\" in \"{}\"", upload.name,
                    upload.folder);
    return {};
}

} // namespace

Result<Content> Content::open(const Upload& upload)
{
    Content content;
    content.m_sha256 = upload.sha256;
    if (const auto* memory = std::get_if<std::string_view>(&upload.content)) {
        content.m_memory = *memory;
        content.m_size = static_cast<std::int64_t>(memory->size());
        if (content.m_sha256.empty())
            content.m_sha256 = millrace::sha256(*memory);
        return content;
    }
    const auto& path = std::get<std::filesystem::path>(upload.content);
    content.m_file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct ::stat status {
    };
    if (!content.m_file || ::fstat(content.m_file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(ErrorCode::NotFound, "{}: no file that can be read", path.string());
    content.m_size = status.st_size;
    content.m_block.resize(kBlock);
    if (content.m_sha256.empty()) {
        auto hash = sha256File(path);
        if (!hash)
            return tl::unexpected(hash.error());
        content.m_sha256 = *std::move(hash);
    }
    return content;
}

Result<std::string_view> Content::next()
{
    if (m_done == m_size)
        return std::string_view();
    if (!m_file) {
        m_done = m_size;
        return m_memory;
    }
    const auto wanted = std::min(m_block.size(), static_cast<std::size_t>(m_size - m_done));
    const ssize_t got = ::read(m_file.get(), m_block.data(), wanted);
    if (got <= 0)
        return fail(ErrorCode::Io, "the file has become shorter while it was sent");
    m_done += got;
    return std::string_view(m_block.data(), static_cast<std::size_t>(got));
}

Result<UploadEnd> transfer(const Connection& connection, const Upload& upload, TransferSink& sink,
                           const std::stop_token& stop)
{
    if (auto checked = checkNames(upload); !checked)
        return tl::unexpected(checked.error());
    auto content = Content::open(upload);
    if (!content)
        return tl::unexpected(content.error());
    auto done = ShellTransfer(connection, upload, *content, sink, StopSignal(stop)).run();
    if (!done && done.error().code == ErrorCode::Unsupported)
        return transferBySftp(connection, upload, *content, sink, stop);
    return done;
}

} // namespace millrace::ssh
