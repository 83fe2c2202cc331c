// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/Cluster.h"
#include "ssh/RemoteHost.h"

#include <map>
#include <memory>

namespace millrace::deploy
{

/// How devices are reached: over SSH, or as a test likes. Called from many threads at once.
class HostAccess
{
public:
    virtual ~HostAccess() = default;
    /// Called on the thread that works for the device.
    [[nodiscard]] virtual Result<std::unique_ptr<ssh::RemoteHost>>
    reach(const cluster::Device& device, const std::stop_token& stop) = 0;
    /// Where other nodes reach its ports: data_address, else what its SSH address stands for.
    [[nodiscard]] virtual Result<std::string> dataAddress(const cluster::Device& device) = 0;
};

/// How long work on a host may take before its device counts as not answering. Reaching it has
/// limits of its own (ssh::ConnectLimits).
struct HostLimits {
    Seconds script{30}; ///< one run of the helper script
    Seconds stall{30};  ///< of an upload: without a byte taken
    Seconds start{180}; ///< loading and warming up, until all stages serve
    Seconds undo{20};   ///< for each step
};

/// A device at work: its connection, made when first needed and again after it was lost, and the
/// helper script over it. One thread at a time.
class DeviceHost
{
public:
    /// `folder`: Millrace's own there, for the helper script.
    DeviceHost(cluster::Device device, std::string folder, HostAccess& access, HostLimits limits)
        : m_device(std::move(device)), m_folder(std::move(folder)), m_access(access),
          m_limits(limits)
    {
    }
    [[nodiscard]] const cluster::Device& device() const { return m_device; }
    [[nodiscard]] const std::string& folder() const { return m_folder; }

    [[nodiscard]] Result<void> connect(const std::stop_token& stop);
    /// What the helper script says. Errors by its exit code: Io, ResourceExhausted, Network (held
    /// by another), NotFound, else Internal; and those of RemoteHost::run(). `more`: what it may
    /// take beyond the limit of a run.
    [[nodiscard]] Result<std::string> help(const std::string& action,
                                           const std::vector<std::string>& arguments,
                                           const std::stop_token& stop, std::string_view input = {},
                                           Seconds more = {});
    [[nodiscard]] Result<ssh::UploadEnd> upload(ssh::Upload upload, ssh::TransferSink& sink,
                                                const std::stop_token& stop);
    /// The same for scripts of others.
    [[nodiscard]] Result<ssh::CommandResult> run(const ssh::Command& command,
                                                 const std::stop_token& stop);

private:
    template <class T>
    Result<T> kept(Result<T> result);

    cluster::Device m_device;
    std::string m_folder;
    HostAccess& m_access;
    HostLimits m_limits;
    std::unique_ptr<ssh::RemoteHost> m_host;
};

/// By device name.
using DeviceHosts = std::map<std::string, std::unique_ptr<DeviceHost>>;

} // namespace millrace::deploy
