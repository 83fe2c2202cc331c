// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Transfer.h"

#include <fcntl.h>
#include <libssh/sftp.h>
#include <openssl/evp.h>

namespace millrace::ssh
{
namespace
{

constexpr std::size_t kPacket = 32 << 10; // what every server takes

struct SftpDeleter {
    void operator()(sftp_session sftp) const { sftp_free(sftp); }
    void operator()(sftp_file file) const { sftp_close(file); }
    void operator()(sftp_attributes attributes) const { sftp_attributes_free(attributes); }
};
using SftpHandle = std::unique_ptr<sftp_session_struct, SftpDeleter>;
using FileHandle = std::unique_ptr<sftp_file_struct, SftpDeleter>;
using Attributes = std::unique_ptr<sftp_attributes_struct, SftpDeleter>;

/// sftp only works in blocking mode; a watchdog keeps the time.
class Blocking
{
public:
    explicit Blocking(ssh_session session) : m_session(session) { ssh_set_blocking(session, 1); }
    ~Blocking() { ssh_set_blocking(m_session, 0); }
    Blocking(const Blocking&) = delete;
    Blocking& operator=(const Blocking&) = delete;

private:
    ssh_session m_session;
};

class SftpTransfer
{
public:
    SftpTransfer(const Connection& connection, const Upload& upload, Content& content,
                 TransferSink& sink, Watchdog& watchdog)
        : m_connection(connection), m_upload(upload), m_content(content), m_sink(sink),
          m_watchdog(watchdog), m_target(upload.folder + "/" + upload.name),
          m_temporary(fmt::format("{}/.{}.part", upload.folder, upload.name)),
          m_mode(upload.mode == FileMode::Executable ? 0700 : 0600)
    {
    }
    Result<UploadEnd> run();

private:
    Result<void> makeFolder();
    Result<void> write();
    Result<std::string> hashOf(const std::string& path);
    Result<void> replace();
    tl::unexpected<Error> failure(const std::string& what) const;

    const Connection& m_connection;
    const Upload& m_upload;
    Content& m_content;
    TransferSink& m_sink;
    Watchdog& m_watchdog;
    SftpHandle m_sftp;
    std::string m_target;
    std::string m_temporary;
    ::mode_t m_mode;
};

tl::unexpected<Error> SftpTransfer::failure(const std::string& what) const
{
    if (ssh_is_connected(m_connection.session()) == 0)
        return fail(ErrorCode::Network, "{}: {}: the connection is lost", m_connection.name(),
                    what);
    return fail(ErrorCode::Io, "{}: {}: {}", m_connection.name(), what,
                m_connection.libraryError());
}

Result<void> SftpTransfer::makeFolder()
{
    for (std::size_t slash = m_upload.folder.find('/', 1);;
         slash = m_upload.folder.find('/', slash + 1)) {
        const std::string part = m_upload.folder.substr(0, slash);
        const Attributes there(sftp_stat(m_sftp.get(), part.c_str()));
        if (!there && sftp_mkdir(m_sftp.get(), part.c_str(), 0700) != SSH_OK)
            return failure("cannot make the folder " + part);
        if (slash == std::string::npos)
            break;
    }
    if (sftp_chmod(m_sftp.get(), m_upload.folder.c_str(), 0700) != SSH_OK)
        return failure("cannot make the folder " + m_upload.folder + " private");
    return {};
}

Result<void> SftpTransfer::write()
{
    const FileHandle file(
        sftp_open(m_sftp.get(), m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC, m_mode));
    if (!file)
        return failure("cannot write into " + m_upload.folder);
    std::int64_t sent = 0;
    for (;;) {
        const auto block = m_content.next();
        if (!block)
            return tl::unexpected(block.error());
        if (block->empty())
            break;
        for (std::size_t at = 0; at < block->size(); at += kPacket) {
            const auto part = block->substr(at, kPacket);
            if (sftp_write(file.get(), part.data(), part.size()) !=
                static_cast<ssize_t>(part.size()))
                return failure("cannot write " + m_temporary);
            sent += static_cast<std::int64_t>(part.size());
            m_sink.sent({sent}, {m_content.size()});
            m_watchdog.restart(); // the limit is for standing still
        }
    }
    const bool canSync = sftp_extension_supported(m_sftp.get(), "fsync@openssh.com", "1") != 0;
    if (canSync && sftp_fsync(file.get()) != 0)
        return failure("cannot write to the disk");
    return {};
}

Result<std::string> SftpTransfer::hashOf(const std::string& path)
{
    const FileHandle file(sftp_open(m_sftp.get(), path.c_str(), O_RDONLY, 0));
    if (!file)
        return failure("cannot read " + path);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    std::vector<char> block(kPacket);
    for (;;) {
        const ssize_t got = sftp_read(file.get(), block.data(), block.size());
        if (got < 0)
            return failure("cannot read " + path);
        if (got == 0)
            break;
        EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(got));
        m_watchdog.restart();
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context.get(), digest, &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

Result<void> SftpTransfer::replace()
{
    sftp_unlink(m_sftp.get(), m_target.c_str());
    if (sftp_rename(m_sftp.get(), m_temporary.c_str(), m_target.c_str()) != 0)
        return failure("cannot rename to " + m_target);
    return {};
}

Result<UploadEnd> SftpTransfer::run()
{
    m_sftp.reset(sftp_new(m_connection.session()));
    if (!m_sftp || sftp_init(m_sftp.get()) != SSH_OK)
        return fail(ErrorCode::Unsupported,
                    "{}: has neither a usable shell nor sftp for this account",
                    m_connection.name());
    const Attributes there(sftp_stat(m_sftp.get(), m_target.c_str()));
    if (there && static_cast<std::int64_t>(there->size) == m_content.size()) {
        const auto hash = hashOf(m_target);
        if (hash && *hash == m_content.sha256())
            return UploadEnd::AlreadyThere;
    }
    Result<void> done = makeFolder();
    if (done)
        done = write();
    if (done) {
        const auto hash = hashOf(m_temporary);
        if (!hash)
            done = tl::unexpected(hash.error());
        else if (*hash != m_content.sha256())
            done = fail(ErrorCode::Io, "{}: the content has arrived damaged", m_connection.name());
    }
    if (done)
        done = replace();
    if (done)
        return UploadEnd::Sent;
    if (ssh_is_connected(m_connection.session()) != 0)
        sftp_unlink(m_sftp.get(), m_temporary.c_str());
    return tl::unexpected(done.error());
}

} // namespace

Result<UploadEnd> transferBySftp(const Connection& connection, const Upload& upload,
                                 Content& content, TransferSink& sink, const std::stop_token& stop)
{
    const Blocking blocking(connection.session());
    Watchdog watchdog(connection.fd(), upload.stall, stop);
    auto done = SftpTransfer(connection, upload, content, sink, watchdog).run();
    if (!done)
        if (auto error = watchdog.verdict(connection.name()))
            return tl::unexpected(*std::move(error));
    return done;
}

} // namespace millrace::ssh
