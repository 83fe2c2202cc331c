// SPDX-License-Identifier: GPL-3.0-or-later
/// What a connection may have to ask. Both interfaces are called on the thread that connects, while
/// no time limit runs; the window's implementations wait there for the person's answer, and must
/// come back (with "no") when the work is cancelled.
#pragma once

#include "ssh/Secret.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace millrace::ssh
{

class Credentials
{
public:
    virtual ~Credentials() = default;
    /// For a private key that the server would accept. `attempt` counts from 1; nullopt gives this
    /// key up.
    virtual std::optional<Secret> passphrase(const std::filesystem::path& keyFile, int attempt) = 0;
    /// Only when no key was accepted and the server takes passwords. `account` is "user@host".
    virtual std::optional<Secret> password(const std::string& account, int attempt) = 0;
};

/// Has nothing to give: agent and keys without passphrase only.
class NoCredentials final : public Credentials
{
public:
    std::optional<Secret> passphrase(const std::filesystem::path&, int) override { return {}; }
    std::optional<Secret> password(const std::string&, int) override { return {}; }
};

/// A host whose key stands in no known_hosts file.
struct UnknownHostKey {
    std::string host;                 ///< as known_hosts names it: "pi-1" or "[pi-1]:2222"
    std::string type;                 ///< "ssh-ed25519"
    std::string fingerprint;          ///< "SHA256:..." as ssh-keygen -l shows it
    std::filesystem::path knownHosts; ///< where it is remembered when accepted
    std::string user = {};            ///< who is to log in there
};

enum class HostKeyAnswer {
    Refuse,
    AcceptAndRemember, ///< one line is appended to `knownHosts`
};

class HostKeyDecision
{
public:
    virtual ~HostKeyDecision() = default;
    virtual HostKeyAnswer unknownHostKey(const UnknownHostKey& key) = 0;
};

/// Accepts exactly the fingerprints on its list: what `--accept-host-key SHA256:...` stands for.
class AcceptListed final : public HostKeyDecision
{
public:
    explicit AcceptListed(std::vector<std::string> fingerprints = {})
        : m_fingerprints(std::move(fingerprints))
    {
    }
    HostKeyAnswer unknownHostKey(const UnknownHostKey& key) override;

private:
    std::vector<std::string> m_fingerprints;
};

} // namespace millrace::ssh
