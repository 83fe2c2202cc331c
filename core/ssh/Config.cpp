// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Config.h"

#include "ssh/ConfigLines.h"
#include "ssh/Keywords.h"
#include "ssh/ParseNumber.h"
#include "ssh/Pattern.h"

#include <array>

namespace millrace::ssh
{
namespace
{

/// Collects the first value of every keyword.
class Collector
{
public:
    Collector(const Target& target, const UserFiles& files)
        : m_target(target), m_files(files), m_subject{target.host, [this] { return hostName(); },
                                                      [this] { return user(); }, files.user}
    {
    }
    Result<void> read(const std::filesystem::path& file, const std::filesystem::path& folder)
    {
        return walkConfig(file, folder, m_files.home, m_subject,
                          [this](const ConfigLine& line) { return take(line); });
    }
    Result<HostConfig> finish();

private:
    Result<void> take(const ConfigLine& line);
    Result<void> setJumps();
    Result<void> setChoices();
    Result<void> setPaths();
    Result<void> setIdentities();
    [[nodiscard]] const ConfigLine* line(std::string_view keyword) const
    {
        const auto it = m_lines.find(keyword);
        return it == m_lines.end() ? nullptr : &it->second;
    }
    [[nodiscard]] std::string text(std::string_view keyword) const
    {
        const ConfigLine* found = line(keyword);
        return found == nullptr ? "" : found->arguments.front();
    }
    [[nodiscard]] std::string hostName() const;
    [[nodiscard]] std::string user() const
    {
        const std::string configured = text("user");
        return m_target.user ? *m_target.user : configured.empty() ? m_files.user : configured;
    }
    Result<bool> yes(std::string_view keyword, bool fallback) const;
    Result<std::filesystem::path> path(const ConfigLine& from, const std::string& text) const;

    const Target& m_target;
    const UserFiles& m_files;
    MatchSubject m_subject;
    std::map<std::string, ConfigLine, std::less<>> m_lines;
    std::vector<ConfigLine> m_identities; // the one keyword that adds up
    HostConfig m_config;
};

Result<void> Collector::take(const ConfigLine& line)
{
    const auto disposition = dispositionOf(line.keyword);
    if (!disposition) {
        if (matchesList(line.keyword, text("ignoreunknown")))
            return {};
        return fail(ErrorCode::ParseError,
                    "{}: unknown keyword \"{}\"; mend it, or name it in IgnoreUnknown before",
                    line.where, line.keyword);
    }
    if (line.keyword == "identityfile")
        m_identities.push_back(line);
    else if (*disposition != Disposition::Harmless)
        m_lines.try_emplace(line.keyword, line);
    return {};
}

/// %h in HostName is the name that was asked for.
std::string Collector::hostName() const
{
    const std::string pattern = text("hostname");
    if (pattern.empty())
        return m_target.host;
    std::string name;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool token = pattern[i] == '%' && i + 1 < pattern.size();
        if (!token)
            name += pattern[i];
        else if (pattern[++i] == 'h')
            name += m_target.host;
        else
            name += pattern[i];
    }
    return name;
}

Result<bool> Collector::yes(std::string_view keyword, bool fallback) const
{
    const ConfigLine* found = line(keyword);
    if (found == nullptr)
        return fallback;
    const std::string& value = found->arguments.front();
    if (value == "yes" || value == "true")
        return true;
    if (value == "no" || value == "false")
        return false;
    return fail(ErrorCode::ParseError, "{}: {} is yes or no, not \"{}\"", found->where, keyword,
                value);
}

/// Expands ~ and the tokens of ssh_config(5).
Result<std::filesystem::path> Collector::path(const ConfigLine& from, const std::string& text) const
{
    std::string expanded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            expanded += text[i];
            continue;
        }
        const char token = ++i < text.size() ? text[i] : ' ';
        if (token == '%')
            expanded += '%';
        else if (token == 'd')
            expanded += m_files.home.string();
        else if (token == 'h')
            expanded += m_config.hostName;
        else if (token == 'n')
            expanded += m_config.alias;
        else if (token == 'p')
            expanded += fmt::format("{}", m_config.port);
        else if (token == 'r')
            expanded += m_config.user;
        else if (token == 'u')
            expanded += m_files.user;
        else
            return fail(ErrorCode::Unsupported, "{}: %{} in a path cannot be honoured", from.where,
                        token);
    }
    if (expanded == "~" || expanded.starts_with("~/"))
        return m_files.home / (expanded.size() > 2 ? expanded.substr(2) : "");
    if (expanded.starts_with('~') || expanded.find("${") != std::string::npos)
        return fail(ErrorCode::Unsupported, "{}: the path \"{}\" cannot be honoured", from.where,
                    text);
    const std::filesystem::path result = expanded;
    return result.is_relative() ? m_files.home / result : result;
}

Result<void> Collector::setJumps()
{
    const ConfigLine* jumps = line("proxyjump");
    // Whichever of the two comes first in the files wins; a ProxyCommand that counts is refused.
    if (jumps == nullptr || jumps->arguments.front() == "none")
        return {};
    std::string_view rest = jumps->arguments.front();
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        auto jump = parseJump(rest.substr(0, comma));
        if (!jump)
            return inContext(jumps->where, jump.error());
        m_config.jumps.push_back(*std::move(jump));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return {};
}

Result<void> Collector::setChoices()
{
    if (const ConfigLine* port = line("port"); port != nullptr && !m_target.port) {
        const auto number = parseNumber<std::uint16_t>(port->arguments.front());
        if (!number || *number == 0)
            return fail(ErrorCode::ParseError, "{}: Port is 1 to 65535, not \"{}\"", port->where,
                        port->arguments.front());
        m_config.port = *number;
    }
    if (const ConfigLine* strict = line("stricthostkeychecking")) {
        const std::string& value = strict->arguments.front();
        if (value == "yes" || value == "true")
            m_config.unknownKeys = UnknownKeys::Refuse;
        else if (value == "accept-new")
            m_config.unknownKeys = UnknownKeys::Accept;
        else if (value != "ask" && value != "no" && value != "false" && value != "off")
            return fail(ErrorCode::ParseError,
                        "{}: StrictHostKeyChecking is yes, accept-new, ask or no, not \"{}\"",
                        strict->where, value);
    }
    if (const ConfigLine* timeout = line("connecttimeout")) {
        const auto seconds = parseNumber<int>(timeout->arguments.front());
        if (timeout->arguments.front() != "none" && (!seconds || *seconds <= 0))
            return fail(ErrorCode::ParseError, "{}: ConnectTimeout is a number of seconds",
                        timeout->where);
        if (seconds)
            m_config.connectTimeout = Seconds{static_cast<double>(*seconds)};
    }
    const std::string family = text("addressfamily");
    m_config.family = family == "inet"    ? AddressFamily::Ipv4
                      : family == "inet6" ? AddressFamily::Ipv6
                                          : AddressFamily::Any;
    const std::array<std::pair<const char*, bool*>, 4> switches = {{
        {"hashknownhosts", &m_config.hashKnownHosts},
        {"pubkeyauthentication", &m_config.publicKeys},
        {"passwordauthentication", &m_config.passwords},
        {"kbdinteractiveauthentication", &m_config.questions},
    }};
    for (const auto& [keyword, value] : switches) {
        const auto set = yes(keyword, *value);
        if (!set)
            return tl::unexpected(set.error());
        *value = *set;
    }
    m_config.ciphers = text("ciphers");
    m_config.macs = text("macs");
    m_config.keyExchanges = text("kexalgorithms");
    m_config.hostKeyAlgorithms = text("hostkeyalgorithms");
    m_config.publicKeyAlgorithms = text("pubkeyacceptedalgorithms");
    return {};
}

Result<void> Collector::setPaths()
{
    const auto list = [this](std::string_view keyword, auto& paths) -> Result<void> {
        const ConfigLine* found = line(keyword);
        if (found == nullptr)
            return {};
        paths.clear();
        for (const std::string& argument : found->arguments) {
            if (argument == "none")
                continue;
            auto one = path(*found, argument);
            if (!one)
                return tl::unexpected(one.error());
            paths.push_back(*std::move(one));
        }
        return {};
    };
    m_config.userKnownHosts = {m_files.folder / "known_hosts", m_files.folder / "known_hosts2"};
    if (!m_files.systemKnownHosts.empty())
        m_config.globalKnownHosts = {m_files.systemKnownHosts};
    if (auto done = list("userknownhostsfile", m_config.userKnownHosts); !done)
        return done;
    return list("globalknownhostsfile", m_config.globalKnownHosts);
}

Result<void> Collector::setIdentities()
{
    if (m_target.identityFile)
        m_config.identityFiles.push_back(*m_target.identityFile);
    for (const ConfigLine& identity : m_identities) {
        if (identity.arguments.front() == "none")
            continue;
        auto file = path(identity, identity.arguments.front());
        if (!file)
            return tl::unexpected(file.error());
        m_config.identityFiles.push_back(*std::move(file));
    }
    if (m_identities.empty() && !m_target.identityFile)
        for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"})
            m_config.identityFiles.push_back(m_files.folder / name);
    const auto only = yes("identitiesonly", false);
    if (!only)
        return tl::unexpected(only.error());
    if (*only)
        return {}; // libssh cannot ask the agent for chosen keys only
    m_config.agentSocket = m_files.agentSocket;
    const ConfigLine* agent = line("identityagent");
    if (agent == nullptr || agent->arguments.front() == "SSH_AUTH_SOCK")
        return {};
    if (agent->arguments.front() == "none") {
        m_config.agentSocket.clear();
        return {};
    }
    auto socket = path(*agent, agent->arguments.front());
    if (!socket)
        return tl::unexpected(socket.error());
    m_config.agentSocket = socket->string();
    return {};
}

Result<HostConfig> Collector::finish()
{
    for (const auto& [keyword, found] : m_lines)
        if (auto refused = refuseWhatCannotBe(found); !refused)
            return tl::unexpected(refused.error());
    m_config.alias = m_target.host;
    m_config.hostName = hostName();
    m_config.user = user();
    m_config.port = m_target.port.value_or(m_config.port);
    for (const auto set : {&Collector::setChoices, &Collector::setJumps, &Collector::setPaths,
                           &Collector::setIdentities})
        if (auto done = (this->*set)(); !done)
            return tl::unexpected(done.error());
    return std::move(m_config);
}

} // namespace

Result<HostConfig> resolve(const Target& target, const UserFiles& files)
{
    // A name goes into files and messages; a leading '-' would be an option elsewhere.
    if (target.host.empty() || target.host.starts_with('-') ||
        target.host.find_first_of(" \t\r\n,@/\"'") != std::string::npos)
        return fail(ErrorCode::InvalidArgument, "\"{}\" is not a host name", target.host);
    Collector collector(target, files);
    if (auto done = collector.read(files.folder / "config", files.folder); !done)
        return tl::unexpected(done.error());
    if (!files.systemConfig.empty())
        if (auto done = collector.read(files.systemConfig, files.systemConfig.parent_path()); !done)
            return tl::unexpected(done.error());
    return collector.finish();
}

} // namespace millrace::ssh
