// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Framing.h"

namespace millrace::ssh
{
namespace
{

/// Before the script itself: arguments, one a line, and a mark that tells its output from the
/// login shell's.
constexpr std::string_view kPrologue = R"sh(LC_ALL=C; export LC_ALL; umask 077
IFS= read -r n; set --
while [ "$n" -gt 0 ]; do IFS= read -r a; set -- "$@" "$a"; n=$((n-1)); done
echo '@millrace begins@'; echo '@millrace begins@' >&2
)sh";
constexpr std::string_view kMark = "@millrace begins@\n";

} // namespace

Result<std::string> framed(const Script& script, const std::vector<std::string>& arguments)
{
    std::string head = fmt::format("{}\n{}{}{}\n", kPrologue.size() + script.text().size(),
                                   kPrologue, script.text(), arguments.size());
    for (const std::string& argument : arguments) {
        constexpr std::string_view kForbidden("\n\0", 2);
        if (argument.find_first_of(kForbidden) != std::string::npos)
            return fail(ErrorCode::InvalidArgument,
                        "\"{}\": an argument of a remote script has no line breaks", argument);
        head += argument + "\n";
    }
    return head;
}

bool cutNoise(std::string& text)
{
    const std::size_t at = text.find(kMark);
    if (at == std::string::npos)
        return false;
    text.erase(0, at + kMark.size());
    return true;
}

} // namespace millrace::ssh
