// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceHost.h"
#include "ssh/Session.h"

#include <mutex>

namespace millrace::deploy
{

/// Devices with an address over SSH as ~/.ssh/config says, the device's own user, port and key file
/// first; a device without one is this computer. Questions are asked one at a time, whichever
/// device they are for.
class SshAccess final : public HostAccess
{
public:
    SshAccess(ssh::UserFiles files, ssh::Credentials& credentials, ssh::HostKeyDecision& decision,
              ssh::ConnectLimits limits = {})
        : m_files(std::move(files)), m_credentials(credentials), m_decision(decision),
          m_limits(limits)
    {
    }
    [[nodiscard]] Result<std::unique_ptr<ssh::RemoteHost>>
    reach(const cluster::Device& device, const std::stop_token& stop) override;
    [[nodiscard]] Result<std::string> dataAddress(const cluster::Device& device) override;

private:
    ssh::UserFiles m_files;
    ssh::Credentials& m_credentials;
    ssh::HostKeyDecision& m_decision;
    ssh::ConnectLimits m_limits;
    std::mutex m_asking;
};

} // namespace millrace::deploy
