// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Error.h"

namespace millrace
{

std::string oneLine(std::string text)
{
    constexpr std::size_t kLongest = 1000;
    constexpr std::size_t kKept = 480; // at either end
    if (text.size() > kLongest) {
        // Not inside a character of several bytes.
        const auto continues = [&text](std::size_t at) { return (text[at] & 0xC0) == 0x80; };
        std::size_t end = kKept;
        while (end > 0 && continues(end))
            --end;
        std::size_t again = text.size() - kKept;
        while (again < text.size() && continues(again))
            ++again;
        text = text.substr(0, end) + " [...] " + text.substr(again);
    }
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
            c = ' ';
    return text;
}

tl::unexpected<Error> inContext(const std::string& context, Error error)
{
    error.message = oneLine(context + ": " + error.message);
    return tl::unexpected(std::move(error));
}

} // namespace millrace
