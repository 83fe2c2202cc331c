// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain and hashed names, wildcards,
/// ports, and the markers @cert-authority and @revoked. Files are only ever appended to.
namespace millrace::ssh
{

/// A public key as key lines have it.
struct PublicKey {
    std::string type;   ///< "ssh-ed25519"
    std::string base64; ///< the key blob
    bool operator==(const PublicKey&) const = default;
};

/// "SHA256:" and 43 characters, as `ssh-keygen -l` shows it; empty when the blob is not base64.
[[nodiscard]] std::string fingerprint(const PublicKey& key);

/// How known_hosts names a host: "pi-1", or "[pi-1]:2222" when the port is not 22; lower case.
[[nodiscard]] std::string knownHostsName(std::string_view host, std::uint16_t port);

enum class Marker { None, CertAuthority, Revoked };

/// One line that names the host.
struct KnownHost {
    std::filesystem::path file;
    std::size_t line = 0; ///< counts from 1
    Marker marker = Marker::None;
    PublicKey key;
    bool operator==(const KnownHost&) const = default;
};

/// The lines of one file that name `name` (see knownHostsName), in file order. Broken lines name
/// nobody, as in OpenSSH.
[[nodiscard]] std::vector<KnownHost>
parseKnownHosts(std::string_view text, const std::filesystem::path& file, const std::string& name);
/// The same over several files; one that does not exist is empty, one that cannot be read is Io.
[[nodiscard]] Result<std::vector<KnownHost>>
readKnownHosts(const std::vector<std::filesystem::path>& files, const std::string& name);

/// What known_hosts says of the key that a host has shown.
struct KeyKnown {
};
struct KeyUnknown {
};
/// The host was known by another key. That includes a key of another type: the types that are known
/// are asked for first, so the host no longer has them.
struct KeyChanged {
    KnownHost known;
};
struct KeyRevoked {
    KnownHost revoked;
};
/// Only a certificate of this authority would do, and libssh knows none.
struct CertificateNeeded {
    KnownHost authority;
};
using Verdict = std::variant<KeyKnown, KeyUnknown, KeyChanged, KeyRevoked, CertificateNeeded>;

/// `hosts`: every line that names the host, as readKnownHosts() gives them.
[[nodiscard]] Verdict judge(const std::vector<KnownHost>& hosts, const PublicKey& key);

/// Signature algorithms to offer, comma-separated: those of known key types first.
[[nodiscard]] std::string hostKeyAlgorithms(const std::vector<KnownHost>& hosts);

enum class HostNames { Plain, Hashed };

/// Appends one line; makes the file (mode 0600) and its folder (0700) when they are missing. What
/// is there is not touched. Io.
[[nodiscard]] Result<void> appendKnownHost(const std::filesystem::path& file,
                                           const std::string& name, const PublicKey& key,
                                           HostNames names);

} // namespace millrace::ssh
