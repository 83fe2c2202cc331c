// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>

namespace millrace::ssh
{
namespace
{

const unsigned char* bytesOf(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytesOf(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

} // namespace

Result<std::string> fromBase64(std::string_view text)
{
    constexpr std::size_t kLongest = 1 << 16; // far beyond any key
    // OpenSSL skips blanks and takes padding anywhere; a key line may have neither.
    const std::size_t data = std::min(text.find('='), text.size());
    const bool ends = text.substr(data).find_first_not_of('=') == std::string_view::npos;
    const std::size_t padding = text.size() - data;
    const bool letters =
        text.find_first_of(" \t\r\n-_") == std::string_view::npos && ends && padding <= 2;
    if (text.empty() || text.size() % 4 != 0 || text.size() > kLongest || !letters)
        return fail(ErrorCode::ParseError, "not base64");
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(bytesOf(bytes), bytesOf(text), static_cast<int>(text.size()));
    if (size < 0)
        return fail(ErrorCode::ParseError, "not base64");
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string toBase64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(bytesOf(text), bytesOf(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string hmacSha1(std::string_view salt, std::string_view text)
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    HMAC(EVP_sha1(), salt.data(), static_cast<int>(salt.size()), bytesOf(text), text.size(),
         bytesOf(digest), &size);
    digest.resize(size);
    return digest;
}

std::string sha256Bytes(std::string_view content)
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(content.data(), content.size(), bytesOf(digest), &size, EVP_sha256(), nullptr);
    digest.resize(size);
    return digest;
}

Result<std::string> randomBytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(bytesOf(bytes), static_cast<int>(count)) != 1)
        return fail(ErrorCode::Internal, "no random bytes from the system");
    return bytes;
}

} // namespace millrace::ssh
