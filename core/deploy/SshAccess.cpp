// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/SshAccess.h"

#include "ssh/LocalHost.h"

namespace millrace::deploy
{
namespace
{

/// One person answers: a question waits until the one before is answered.
class InTurn final : public ssh::Credentials, public ssh::HostKeyDecision
{
public:
    InTurn(ssh::Credentials& credentials, ssh::HostKeyDecision& decision, std::mutex& asking)
        : m_credentials(credentials), m_decision(decision), m_asking(asking)
    {
    }
    std::optional<ssh::Secret> passphrase(const std::filesystem::path& file, int attempt) override
    {
        const std::lock_guard lock(m_asking);
        return m_credentials.passphrase(file, attempt);
    }
    std::optional<ssh::Secret> password(const std::string& account, int attempt) override
    {
        const std::lock_guard lock(m_asking);
        return m_credentials.password(account, attempt);
    }
    ssh::HostKeyAnswer unknownHostKey(const ssh::UnknownHostKey& key) override
    {
        const std::lock_guard lock(m_asking);
        return m_decision.unknownHostKey(key);
    }

private:
    ssh::Credentials& m_credentials;
    ssh::HostKeyDecision& m_decision;
    std::mutex& m_asking;
};

ssh::Target targetOf(const cluster::Device& device)
{
    ssh::Target target;
    target.host = device.address.value_or("");
    target.user = device.user;
    if (device.port)
        target.port = static_cast<std::uint16_t>(*device.port);
    if (device.identityFile)
        target.identityFile = *device.identityFile;
    return target;
}

} // namespace

Result<std::unique_ptr<ssh::RemoteHost>> SshAccess::reach(const cluster::Device& device,
                                                          const std::stop_token& stop)
{
    if (!device.address)
        return ssh::thisComputer();
    InTurn questions(m_credentials, m_decision, m_asking);
    return ssh::connect(targetOf(device), m_files, questions, questions, m_limits, stop);
}

Result<std::string> SshAccess::dataAddress(const cluster::Device& device)
{
    if (device.dataAddress)
        return *device.dataAddress;
    if (!device.address)
        return "127.0.0.1";
    const auto config = ssh::resolve(targetOf(device), m_files);
    return config ? Result<std::string>(config->hostName) : tl::unexpected(config.error());
}

} // namespace millrace::deploy
