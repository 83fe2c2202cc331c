// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Hash.h"

#include <openssl/evp.h>

#include <cassert>
#include <fstream>
#include <memory>
#include <vector>

namespace millrace
{
namespace
{

class Sha256
{
public:
    Sha256() : m_context(EVP_MD_CTX_new(), &EVP_MD_CTX_free)
    {
        [[maybe_unused]] const int ok = EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
        assert(ok == 1);
    }
    void add(std::string_view content)
    {
        EVP_DigestUpdate(m_context.get(), content.data(), content.size());
    }
    [[nodiscard]] std::string hex()
    {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int size = 0;
        EVP_DigestFinal_ex(m_context.get(), digest, &size);
        std::string text;
        for (unsigned int i = 0; i < size; ++i)
            text += fmt::format("{:02x}", digest[i]);
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

} // namespace

std::string sha256(std::string_view content)
{
    Sha256 hash;
    hash.add(content);
    return hash.hex();
}

Result<std::string> sha256File(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail(ErrorCode::NotFound, "{}: cannot open the file", path.string());
    Sha256 hash;
    std::vector<char> block(1 << 20);
    while (in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        hash.add({block.data(), static_cast<std::size_t>(in.gcount())});
    }
    if (in.bad())
        return fail(ErrorCode::Io, "{}: cannot read the file", path.string());
    return hash.hex();
}

} // namespace millrace
