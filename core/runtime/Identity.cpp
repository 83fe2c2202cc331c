// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Identity.h"

#include <fmt/ranges.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace millrace::runtime
{
namespace
{

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* pointer) const
    {
        Free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr long kDay = 24L * 60 * 60;
constexpr long kValidDays = 10L * 365;

std::string textOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Result<std::string> fingerprintOf(const X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1)
        return fail(ErrorCode::Internal, "OpenSSL cannot hash a certificate");
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& name)
{
    std::array<unsigned char, 16> serial{};
    if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1)
        return false;
    serial[0] &= 0x7f; // positive
    const std::unique_ptr<BIGNUM, Freer<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    X509_NAME* subject = X509_get_subject_name(certificate);
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) &&
           X509_set_version(certificate, X509_VERSION_3) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), kDay * kValidDays) != nullptr &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, nullptr) > 0;
}

} // namespace

Result<Identity> makeIdentity(const std::string& name)
{
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const Certificate certificate(X509_new());
    if (!key || !certificate || !fill(certificate.get(), key.get(), name.substr(0, 64)))
        return fail(ErrorCode::Internal, "OpenSSL cannot make a certificate for {}", name);
    const Bio certificateText(BIO_new(BIO_s_mem())), keyText(BIO_new(BIO_s_secmem()));
    if (!certificateText || !keyText ||
        PEM_write_bio_X509(certificateText.get(), certificate.get()) != 1 ||
        PEM_write_bio_PrivateKey(keyText.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1)
        return fail(ErrorCode::Internal, "OpenSSL cannot write a certificate for {}", name);
    auto fingerprint = fingerprintOf(certificate.get());
    if (!fingerprint)
        return tl::unexpected(fingerprint.error());
    return Identity{textOf(certificateText.get()), textOf(keyText.get()), std::move(*fingerprint)};
}

Result<std::string> certificateFingerprint(const std::string& certificatePem)
{
    const Bio bio(BIO_new_mem_buf(certificatePem.data(), static_cast<int>(certificatePem.size())));
    const Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)
                                      : nullptr);
    ERR_clear_error();
    if (!certificate)
        return fail(ErrorCode::ParseError, "no certificate in this text; it must be PEM");
    return fingerprintOf(certificate.get());
}

} // namespace millrace::runtime
