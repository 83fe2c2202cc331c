// SPDX-License-Identifier: GPL-3.0-or-later
#include "RawTls.h"

#include "runtime/Identity.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace millrace::bench
{
namespace
{

constexpr std::size_t kPiece = 64 * 1024;

void check(bool ok, const char* what)
{
    if (ok)
        return;
    std::fprintf(stderr, "error: raw TLS: %s\n", what);
    std::exit(1);
}

struct Sockets {
    int client = -1, server = -1;
};

Sockets connected()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener, generic, size) == 0 && ::listen(listener, 1) == 0 &&
              ::getsockname(listener, generic, &size) == 0,
          "cannot listen");
    Sockets sockets;
    sockets.client = ::socket(AF_INET, SOCK_STREAM, 0);
    check(::connect(sockets.client, generic, size) == 0, "cannot connect");
    sockets.server = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    const int one = 1;
    for (const int socket : {sockets.client, sockets.server})
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return sockets;
}

void useIdentity(SSL_CTX* context)
{
    const auto identity = runtime::makeIdentity("raw");
    check(identity.has_value(), "no identity");
    BIO* const certificate = BIO_new_mem_buf(identity->certificatePem.data(), -1);
    BIO* const key = BIO_new_mem_buf(identity->privateKeyPem.data(), -1);
    X509* const x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    EVP_PKEY* const secret = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    check(SSL_CTX_use_certificate(context, x509) == 1 &&
              SSL_CTX_use_PrivateKey(context, secret) == 1,
          "the identity does not fit");
    X509_free(x509);
    EVP_PKEY_free(secret);
    BIO_free(certificate);
    BIO_free(key);
}

} // namespace

struct RawTls::Impl {
    SSL_CTX* context = SSL_CTX_new(TLS_method());
    Sockets sockets = connected();
    SSL* client = nullptr;
    SSL* server = nullptr;
};

RawTls::RawTls() : m_impl(std::make_unique<Impl>())
{
    SSL_CTX_set_min_proto_version(m_impl->context, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(m_impl->context, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_num_tickets(m_impl->context, 0);
    useIdentity(m_impl->context);
    m_impl->client = SSL_new(m_impl->context);
    m_impl->server = SSL_new(m_impl->context);
    SSL_set_fd(m_impl->client, m_impl->sockets.client);
    SSL_set_fd(m_impl->server, m_impl->sockets.server);
    std::jthread accepting([this] { check(SSL_accept(m_impl->server) == 1, "no handshake"); });
    check(SSL_connect(m_impl->client) == 1, "no handshake");
}

RawTls::~RawTls()
{
    SSL_free(m_impl->client);
    SSL_free(m_impl->server);
    ::close(m_impl->sockets.client);
    ::close(m_impl->sockets.server);
    SSL_CTX_free(m_impl->context);
}

double RawTls::move(std::size_t bytes)
{
    const auto begin = std::chrono::steady_clock::now();
    const std::jthread sending([&] {
        const std::vector<unsigned char> from(kPiece);
        for (std::size_t sent = 0; sent < bytes;) {
            const auto piece = static_cast<int>(std::min(kPiece, bytes - sent));
            check(SSL_write(m_impl->client, from.data(), piece) == piece, "cannot send");
            sent += static_cast<std::size_t>(piece);
        }
    });
    std::vector<unsigned char> to(kPiece);
    for (std::size_t received = 0; received < bytes;) {
        const int got = SSL_read(m_impl->server, to.data(), static_cast<int>(to.size()));
        check(got > 0, "cannot receive");
        received += static_cast<std::size_t>(got);
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(bytes) / time.count();
}

std::string RawTls::cipher() const
{
    return SSL_get_cipher_name(m_impl->client);
}

} // namespace millrace::bench
