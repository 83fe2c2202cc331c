// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Units.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// ssh_config(5), read by Millrace itself: libssh's own reader ignores what it does not know, and
/// runs commands. What stands in the files is honoured, or harmless for what Millrace does, or
/// refused by name, with file and line.
namespace millrace::ssh
{

/// Where this person's files are. Tests give folders of their own; nothing else leads to ~/.ssh.
struct UserFiles {
    std::filesystem::path home;             ///< what `~` and %d stand for
    std::filesystem::path folder;           ///< ~/.ssh
    std::filesystem::path systemConfig;     ///< /etc/ssh/ssh_config; empty: none
    std::filesystem::path systemKnownHosts; ///< /etc/ssh/ssh_known_hosts; empty: none
    std::string agentSocket;                ///< $SSH_AUTH_SOCK; empty: no agent
    std::string user;                       ///< local account
    /// Of the account that runs this process.
    [[nodiscard]] static UserFiles ofThisAccount();
};

/// Whom to reach, as a cluster file says it. What is set here goes before the config files.
struct Target {
    std::string host; ///< a name of ssh_config, a host name or an address
    std::optional<std::string> user;
    std::optional<std::uint16_t> port;
    std::optional<std::filesystem::path> identityFile;
};

/// What becomes of a host whose key is not known yet. A changed key is always refused.
enum class UnknownKeys {
    Ask,    ///< StrictHostKeyChecking ask, and also "no": there is no connection without a check
    Accept, ///< accept-new: remembered without a question
    Refuse, ///< yes
};

enum class AddressFamily { Any, Ipv4, Ipv6 };

/// How one host is reached, after all files.
struct HostConfig {
    std::string alias;    ///< as it was asked for
    std::string hostName; ///< what is dialled and stands in known_hosts
    std::uint16_t port = 22;
    std::string user;
    std::vector<std::filesystem::path> identityFiles;    ///< in the order to try; need not exist
    std::string agentSocket;                             ///< empty: the agent is not asked
    std::vector<Target> jumps;                           ///< ProxyJump, the nearest first
    std::vector<std::filesystem::path> userKnownHosts;   ///< the first is appended to
    std::vector<std::filesystem::path> globalKnownHosts; ///< only read
    UnknownKeys unknownKeys = UnknownKeys::Ask;
    bool hashKnownHosts = false;
    bool publicKeys = true; ///< PubkeyAuthentication
    bool passwords = true;  ///< PasswordAuthentication
    bool questions = true;  ///< KbdInteractiveAuthentication
    AddressFamily family = AddressFamily::Any;
    std::optional<Seconds> connectTimeout;
    std::string ciphers, macs, keyExchanges, hostKeyAlgorithms,
        publicKeyAlgorithms; ///< "": default
};

/// Reads ~/.ssh/config, then the system's; the first value wins, as in OpenSSH. Errors: ParseError
/// (a broken line or unknown keyword), Unsupported (a keyword or value that cannot be honoured),
/// Io; each names file and line.
[[nodiscard]] Result<HostConfig> resolve(const Target& target, const UserFiles& files);

/// "[user@]host[:port]", "[v6]:port" or "ssh://user@host:port", as ProxyJump has it.
[[nodiscard]] Result<Target> parseJump(std::string_view text);

} // namespace millrace::ssh
