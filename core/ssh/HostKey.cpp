// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Connection.h"
#include "ssh/KnownHosts.h"

#include <algorithm>

namespace millrace::ssh
{
namespace
{

Result<PublicKey> shownKey(ssh_session session)
{
    ssh_key raw = nullptr;
    if (ssh_get_server_publickey(session, &raw) != SSH_OK)
        return fail(ErrorCode::Network, "it shows no host key: {}", ssh_get_error(session));
    const KeyHandle key(raw);
    char* text = nullptr;
    if (ssh_pki_export_pubkey_base64(key.get(), &text) != SSH_OK)
        return fail(ErrorCode::Internal, "its host key cannot be read");
    const std::unique_ptr<char, decltype(&ssh_string_free_char)> base64(text,
                                                                        &ssh_string_free_char);
    const auto type = ssh_key_type(key.get());
    const bool ecdsa = type == SSH_KEYTYPE_ECDSA_P256 || type == SSH_KEYTYPE_ECDSA_P384 ||
                       type == SSH_KEYTYPE_ECDSA_P521;
    const char* name = ecdsa ? ssh_pki_key_ecdsa_name(key.get()) : ssh_key_type_to_char(type);
    return PublicKey{name, base64.get()};
}

std::string place(const KnownHost& line)
{
    return fmt::format("{}:{}", line.file.string(), line.line);
}

Result<void> askAboutUnknown(const HostConfig& config, const PublicKey& key,
                             HostKeyDecision& decision, Watchdog& watchdog)
{
    if (config.userKnownHosts.empty())
        return fail(ErrorCode::HostKeyMismatch,
                    "the host key is not known, and UserKnownHostsFile none gives it no place");
    const UnknownHostKey question{knownHostsName(config.hostName, config.port), key.type,
                                  fingerprint(key), config.userKnownHosts.front(), config.user};
    if (config.unknownKeys == UnknownKeys::Refuse)
        return fail(ErrorCode::HostKeyMismatch,
                    "the host key {} ({}) is not known, and StrictHostKeyChecking is yes; add it "
                    "to {}",
                    question.fingerprint, key.type, question.knownHosts.string());
    if (config.unknownKeys == UnknownKeys::Ask) {
        watchdog.pause();
        const HostKeyAnswer answer = decision.unknownHostKey(question);
        watchdog.resume();
        if (answer == HostKeyAnswer::Refuse)
            return fail(ErrorCode::HostKeyMismatch,
                        "the host key {} ({}) is not known and was not accepted; compare it with "
                        "ssh-keygen -l there, then accept it",
                        question.fingerprint, key.type);
    }
    return appendKnownHost(question.knownHosts, question.host, key,
                           config.hashKnownHosts ? HostNames::Hashed : HostNames::Plain);
}

} // namespace

HostKeyAnswer AcceptListed::unknownHostKey(const UnknownHostKey& key)
{
    const bool listed = std::find(m_fingerprints.begin(), m_fingerprints.end(), key.fingerprint) !=
                        m_fingerprints.end();
    return listed ? HostKeyAnswer::AcceptAndRemember : HostKeyAnswer::Refuse;
}

Result<std::vector<KnownHost>> knownLines(const HostConfig& config)
{
    std::vector<std::filesystem::path> files = config.userKnownHosts;
    files.insert(files.end(), config.globalKnownHosts.begin(), config.globalKnownHosts.end());
    return readKnownHosts(files, knownHostsName(config.hostName, config.port));
}

Result<void> verifyHostKey(ssh_session session, const HostConfig& config, HostKeyDecision& decision,
                           Watchdog& watchdog)
{
    const auto key = shownKey(session);
    if (!key)
        return tl::unexpected(key.error());
    const auto lines = knownLines(config);
    if (!lines)
        return tl::unexpected(lines.error());
    const Verdict verdict = judge(*lines, *key);
    if (std::holds_alternative<KeyKnown>(verdict))
        return {};
    if (const auto* changed = std::get_if<KeyChanged>(&verdict))
        return fail(ErrorCode::HostKeyMismatch,
                    "the host key has changed: it is {} ({}), but {} has {}. Somebody may listen "
                    "in, or the host was set up anew; only if you know why, remove that line",
                    fingerprint(*key), key->type, place(changed->known),
                    fingerprint(changed->known.key));
    if (const auto* revoked = std::get_if<KeyRevoked>(&verdict))
        return fail(ErrorCode::HostKeyMismatch, "the host key {} is marked @revoked in {}",
                    fingerprint(*key), place(revoked->revoked));
    if (const auto* needed = std::get_if<CertificateNeeded>(&verdict))
        return fail(ErrorCode::Unsupported,
                    "{} asks for a host certificate (@cert-authority), which cannot be honoured; "
                    "add the host's own key {} to {}",
                    place(needed->authority), fingerprint(*key),
                    config.userKnownHosts.empty() ? "known_hosts"
                                                  : config.userKnownHosts.front().string());
    return askAboutUnknown(config, *key, decision, watchdog);
}

} // namespace millrace::ssh
