// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KnownHosts.h"

#include "base/File.h"
#include "ssh/Descriptor.h"
#include "ssh/Digest.h"
#include "ssh/Pattern.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace millrace::ssh
{
namespace
{

constexpr std::string_view kBlanks = " \t\r";

/// Cuts the next word off `rest`; empty at the end.
std::string_view nextWord(std::string_view& rest)
{
    const std::size_t begin = rest.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
        rest = {};
        return {};
    }
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
    rest.remove_prefix(word.size());
    return word;
}

/// "|1|salt|digest": the name is hidden, one can only try.
bool matchesHashed(std::string_view hidden, const std::string& name)
{
    const std::size_t bar = hidden.find('|', 3);
    if (bar == std::string_view::npos)
        return false;
    const auto salt = fromBase64(hidden.substr(3, bar - 3));
    const auto digest = fromBase64(hidden.substr(bar + 1));
    return salt && digest && hmacSha1(*salt, name) == *digest;
}

std::optional<KnownHost> parseLine(std::string_view line, const std::string& name)
{
    KnownHost host;
    std::string_view word = nextWord(line);
    if (word == "@cert-authority")
        host.marker = Marker::CertAuthority;
    else if (word == "@revoked")
        host.marker = Marker::Revoked;
    if (host.marker != Marker::None)
        word = nextWord(line);
    if (word.empty() || word.starts_with('#') || word.starts_with('@'))
        return {};
    if (!(word.starts_with("|1|") ? matchesHashed(word, name) : matchesList(name, word)))
        return {};
    host.key.type = nextWord(line);
    host.key.base64 = nextWord(line);
    if (!fromBase64(host.key.base64))
        return {};
    return host;
}

struct KeyType {
    std::string_view type;
    std::string_view algorithms;
};
// In the order in which they are preferred when no key is known.
constexpr std::array<KeyType, 5> kKeyTypes = {{
    {"ssh-ed25519", "ssh-ed25519"},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
    {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"},
}};

std::string systemMessage()
{
    return std::strerror(errno);
}

/// Whether the next line can begin where the file ends.
bool endsInsideALine(int fd)
{
    char last = '\n';
    const off_t size = ::lseek(fd, 0, SEEK_END);
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

Result<std::string> shownName(const std::string& name, HostNames names)
{
    if (names == HostNames::Plain)
        return name;
    const auto salt = randomBytes(20);
    if (!salt)
        return tl::unexpected(salt.error());
    return fmt::format("|1|{}|{}", toBase64(*salt), toBase64(hmacSha1(*salt, name)));
}

} // namespace

std::string fingerprint(const PublicKey& key)
{
    const auto blob = fromBase64(key.base64);
    if (!blob)
        return {};
    std::string text = toBase64(sha256Bytes(*blob));
    text.erase(text.find_last_not_of('=') + 1);
    return "SHA256:" + text;
}

std::string knownHostsName(std::string_view host, std::uint16_t port)
{
    std::string name(host);
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return port == 22 ? name : fmt::format("[{}]:{}", name, port);
}

std::vector<KnownHost> parseKnownHosts(std::string_view text, const std::filesystem::path& file,
                                       const std::string& name)
{
    std::vector<KnownHost> hosts;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto host = parseLine(text.substr(0, end), name)) {
            host->file = file;
            host->line = line;
            hosts.push_back(*std::move(host));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return hosts;
}

Result<std::vector<KnownHost>> readKnownHosts(const std::vector<std::filesystem::path>& files,
                                              const std::string& name)
{
    constexpr std::uintmax_t kLargest = std::uintmax_t{64} << 20;
    std::vector<KnownHost> hosts;
    for (const auto& file : files) {
        const auto text = readFile(file, kLargest);
        if (!text && text.error().code == ErrorCode::NotFound)
            continue;
        if (!text)
            return tl::unexpected(text.error());
        for (auto& host : parseKnownHosts(*text, file, name))
            hosts.push_back(std::move(host));
    }
    return hosts;
}

Verdict judge(const std::vector<KnownHost>& hosts, const PublicKey& key)
{
    const auto find = [&hosts](auto&& wanted) -> const KnownHost* {
        const auto it = std::find_if(hosts.begin(), hosts.end(), wanted);
        return it == hosts.end() ? nullptr : &*it;
    };
    const auto plain = [](const KnownHost& h) { return h.marker == Marker::None; };
    if (const auto* host =
            find([&](const auto& h) { return h.marker == Marker::Revoked && h.key == key; }))
        return KeyRevoked{*host};
    if (find([&](const auto& h) { return plain(h) && h.key == key; }) != nullptr)
        return KeyKnown{};
    if (const auto* host = find([&](const auto& h) { return plain(h) && h.key.type == key.type; }))
        return KeyChanged{*host};
    if (const auto* host = find(plain))
        return KeyChanged{*host};
    if (const auto* host = find([](const auto& h) { return h.marker == Marker::CertAuthority; }))
        return CertificateNeeded{*host};
    return KeyUnknown{};
}

std::string hostKeyAlgorithms(const std::vector<KnownHost>& hosts)
{
    std::string known;
    std::string other;
    for (const KeyType& type : kKeyTypes) {
        const bool isKnown = std::any_of(hosts.begin(), hosts.end(), [&type](const KnownHost& h) {
            return h.marker == Marker::None && h.key.type == type.type;
        });
        std::string& list = isKnown ? known : other;
        list += fmt::format("{}{}", list.empty() ? "" : ",", type.algorithms);
    }
    return known.empty() || other.empty() ? known + other : known + "," + other;
}

Result<void> appendKnownHost(const std::filesystem::path& file, const std::string& name,
                             const PublicKey& key, HostNames names)
{
    const auto shown = shownName(name, names);
    if (!shown)
        return tl::unexpected(shown.error());
    if (const auto folder = file.parent_path(); !folder.empty())
        ::mkdir(folder.c_str(), 0700);
    const Descriptor out(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!out)
        return fail(ErrorCode::Io, "{}: cannot open to append: {}", file.string(), systemMessage());
    const std::string line = fmt::format("{}{} {} {}\n", endsInsideALine(out.get()) ? "\n" : "",
                                         *shown, key.type, key.base64);
    // One write with O_APPEND: lines of several connections at once do not mix.
    if (::write(out.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return fail(ErrorCode::Io, "{}: cannot append: {}", file.string(), systemMessage());
    ::fsync(out.get());
    return {};
}

} // namespace millrace::ssh
