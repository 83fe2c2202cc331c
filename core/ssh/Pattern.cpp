// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Pattern.h"

namespace millrace::ssh
{
namespace
{

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool matchesPattern(std::string_view text, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t in = 0;
    // Only the last star needs to be tried again: whatever an earlier one takes more, it can take.
    std::size_t star = std::string_view::npos;
    std::size_t starAt = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            starAt = at;
        } else if (in < pattern.size() &&
                   (pattern[in] == '?' || lower(pattern[in]) == lower(text[at]))) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++starAt;
        } else {
            return false;
        }
    }
    while (in < pattern.size() && pattern[in] == '*')
        ++in;
    return in == pattern.size();
}

bool matchesList(std::string_view text, std::string_view patterns)
{
    bool matched = false;
    while (!patterns.empty()) {
        const std::size_t end = patterns.find_first_of(", \t");
        std::string_view one = patterns.substr(0, end);
        patterns.remove_prefix(end == std::string_view::npos ? patterns.size() : end + 1);
        const bool forbids = one.starts_with('!');
        if (forbids)
            one.remove_prefix(1);
        if (one.empty() || !matchesPattern(text, one))
            continue;
        if (forbids)
            return false;
        matched = true;
    }
    return matched;
}

} // namespace millrace::ssh
