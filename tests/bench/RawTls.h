// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace millrace::bench
{

/// OpenSSL and nothing else over a loopback connection: TLS 1.3, blocking SSL_write() and
/// SSL_read() of 64 KiB, one thread each side, the cipher that the runner would take here.
class RawTls
{
public:
    RawTls();
    ~RawTls();
    RawTls(const RawTls&) = delete;
    RawTls& operator=(const RawTls&) = delete;

    /// Moves so many bytes; gives bytes per second.
    double move(std::size_t bytes);
    [[nodiscard]] std::string cipher() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace::bench
