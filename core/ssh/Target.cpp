// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Account.h"
#include "ssh/Config.h"
#include "ssh/ParseNumber.h"

#include <algorithm>
#include <cstdlib>

namespace millrace::ssh
{

UserFiles UserFiles::ofThisAccount()
{
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    UserFiles files;
    // As in OpenSSH, the account's home counts, not $HOME.
    const Account account = thisAccount();
    files.home = account.home;
    files.user = account.name;
    files.folder = files.home / ".ssh";
    files.systemConfig = "/etc/ssh/ssh_config";
    files.systemKnownHosts = "/etc/ssh/ssh_known_hosts";
    files.agentSocket = variable("SSH_AUTH_SOCK");
    return files;
}

Result<Target> parseJump(std::string_view text)
{
    Target jump;
    std::string_view rest = text;
    if (rest.starts_with("ssh://"))
        rest.remove_prefix(6);
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        jump.user = std::string(rest.substr(0, at));
        rest.remove_prefix(at + 1);
    }
    std::string_view port;
    if (rest.starts_with('[')) {
        const std::size_t end = std::min(rest.find(']'), rest.size());
        jump.host = std::string(rest.substr(1, end - 1));
        if (end + 1 < rest.size() && rest[end + 1] == ':')
            port = rest.substr(end + 2);
    } else {
        const std::size_t colon = rest.find(':');
        jump.host = std::string(rest.substr(0, colon));
        if (colon != std::string_view::npos)
            port = rest.substr(colon + 1);
    }
    if (!port.empty())
        jump.port = parseNumber<std::uint16_t>(port);
    if (jump.host.empty() || (jump.user && jump.user->empty()) || (!port.empty() && !jump.port))
        return fail(ErrorCode::ParseError, "ProxyJump: \"{}\" is not [user@]host[:port]", text);
    return jump;
}

} // namespace millrace::ssh
