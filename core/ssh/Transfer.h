// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Connection.h"

namespace millrace::ssh
{

/// RemoteHost::upload() over one connection: through a shell, or through sftp where there is none.
[[nodiscard]] Result<UploadEnd> transfer(const Connection& connection, const Upload& upload,
                                         TransferSink& sink, const std::stop_token& stop);

/// What is sent, block by block.
class Content
{
public:
    [[nodiscard]] static Result<Content> open(const Upload& upload);
    [[nodiscard]] std::int64_t size() const { return m_size; }
    [[nodiscard]] const std::string& sha256() const { return m_sha256; }
    /// The next bytes, empty at the end; valid until the next call. Io when the file has changed.
    [[nodiscard]] Result<std::string_view> next();

private:
    Descriptor m_file;
    std::string_view m_memory;
    std::string m_sha256;
    std::vector<char> m_block;
    std::int64_t m_size = 0;
    std::int64_t m_done = 0;
};

/// The same through sftp, for accounts without a shell. The content is read back to compare the
/// hash, and an older file of that name is removed before the rename: version 3 of the protocol
/// does not replace.
[[nodiscard]] Result<UploadEnd> transferBySftp(const Connection& connection, const Upload& upload,
                                               Content& content, TransferSink& sink,
                                               const std::stop_token& stop);

} // namespace millrace::ssh
