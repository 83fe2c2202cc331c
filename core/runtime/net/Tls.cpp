// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Awaiting.h"

#include <fmt/ranges.h>

#ifdef __aarch64__
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace millrace::runtime
{
namespace
{

/// The side that lacks AES instructions asks for ChaCha20 first, and the other one follows.
const char* cipherSuites()
{
#if defined(__x86_64__)
    const bool hasAes = __builtin_cpu_supports("aes") != 0;
#elif defined(__aarch64__)
    const bool hasAes = (getauxval(AT_HWCAP) & HWCAP_AES) != 0;
#else
    const bool hasAes = false;
#endif
    return hasAes ? "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
                  : "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
}

/// Of the certificate that the peer proved to own; empty when there is none.
std::string fingerprintOf(X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1)
        return {};
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

/// In place of OpenSSL's chain check: nobody signs these certificates, and clocks do not count.
int verifyPinned(X509_STORE_CTX* store, void* tls)
{
    if (peerOf(*static_cast<const TlsContext::Impl*>(tls), X509_STORE_CTX_get0_cert(store)) !=
        nullptr)
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
}

} // namespace

const Peer* peerOf(const TlsContext::Impl& tls, X509* certificate)
{
    const std::string fingerprint = fingerprintOf(certificate);
    const auto found = std::find_if(tls.peers.begin(), tls.peers.end(), [&](const Peer& peer) {
        return !fingerprint.empty() && peer.fingerprint == fingerprint;
    });
    return found == tls.peers.end() ? nullptr : &*found;
}

Result<TlsContext> TlsContext::create(const std::string& certificatePem,
                                      const std::string& privateKeyPem, std::vector<Peer> peers)
{
    auto impl = std::make_shared<Impl>();
    impl->peers = std::move(peers);
    asio::ssl::context& context = impl->context;
    asio::error_code error;
    context.use_certificate(asio::buffer(certificatePem), asio::ssl::context::pem, error);
    if (!error)
        context.use_private_key(asio::buffer(privateKeyPem), asio::ssl::context::pem, error);
    SSL_CTX* const native = context.native_handle();
    if (error || SSL_CTX_check_private_key(native) != 1)
        return fail(ErrorCode::ParseError, "the certificate and its key are broken: {}",
                    error.message());
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(native, cipherSuites());
    SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_num_tickets(native, 0); // nobody would read them on one-way connections
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(native, verifyPinned, impl.get());
    return TlsContext(std::move(impl));
}

} // namespace millrace::runtime
