// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstring>
#include <string_view>
#include <vector>

namespace millrace::ssh
{

/// A passphrase or password: ends with a NUL for C libraries, is wiped when it goes, and cannot be
/// copied or printed by mistake.
class Secret
{
public:
    explicit Secret(std::string_view text) : m_text(text.begin(), text.end())
    {
        m_text.push_back('\0');
    }
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&& other) noexcept
    {
        wipe();
        m_text = std::move(other.m_text);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(); }

    /// Valid as long as this Secret is neither moved from nor destroyed.
    [[nodiscard]] const char* c_str() const { return m_text.empty() ? "" : m_text.data(); }

private:
    void wipe()
    {
        if (!m_text.empty())
            ::explicit_bzero(m_text.data(), m_text.size());
    }
    std::vector<char> m_text;
};

} // namespace millrace::ssh
