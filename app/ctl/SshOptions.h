// SPDX-License-Identifier: GPL-3.0-or-later
/// How the commands that reach devices over SSH get keys accepted and secrets asked for.
#pragma once

#include "ctl/Command.h"
#include "deploy/SshAccess.h"

#include <memory>

namespace millrace::ctl
{

struct SshArguments {
    std::vector<std::string> acceptedHostKeys; ///< fingerprints
};
/// --accept-host-key SHA256:..., repeatable. `arguments` must outlive the parsing.
void addSshOptions(CLI::App& command, SshArguments& arguments);

/// Asks for passphrases and passwords on the terminal when standard input is one, else has none.
class ConsoleCredentials final : public ssh::Credentials
{
public:
    std::optional<ssh::Secret> passphrase(const std::filesystem::path& file, int attempt) override;
    std::optional<ssh::Secret> password(const std::string& account, int attempt) override;
};

/// This account's SSH files, with what the command line says.
class CtlAccess
{
public:
    explicit CtlAccess(const SshArguments& arguments)
        : m_decision(arguments.acceptedHostKeys),
          m_access(ssh::UserFiles::ofThisAccount(), m_credentials, m_decision)
    {
    }
    [[nodiscard]] deploy::HostAccess& access() { return m_access; }

private:
    ConsoleCredentials m_credentials;
    ssh::AcceptListed m_decision;
    deploy::SshAccess m_access;
};

} // namespace millrace::ctl
