// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Payload.h"
#include "deploy/Recipe.h"

#include <set>

namespace millrace::deploy
{

/// One release on its way onto its devices, or back into service: the steps of every recipe over
/// hosts, and what they find out. The steps refer to it.
class Rollout
{
public:
    Rollout(Release release, HostAccess& access, HostLimits limits);

    [[nodiscard]] const Release& release() const { return m_release; }
    [[nodiscard]] Release& release() { return m_release; }
    [[nodiscard]] const std::map<std::string, Facts>& facts() const { return m_facts; }
    [[nodiscard]] const std::map<std::string, RunnerFiles>& runners() const { return m_runners; }
    [[nodiscard]] const std::vector<Payload>& payloads() const { return m_payloads; }
    [[nodiscard]] const std::map<std::string, NodeTransfer>& transfers() const
    {
        return m_transfers;
    }
    /// By node name.
    [[nodiscard]] const std::set<std::string>& started() const { return m_started; }
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }

    /// "reach": connects to every device.
    [[nodiscard]] RecipeStep reach();
    /// "check": facts, whether they suffice, and ports. All devices are heard.
    [[nodiscard]] RecipeStep check(const std::filesystem::path& runner);
    /// "lock": the devices are this deployment's until it ends; removes what killed ones left.
    [[nodiscard]] RecipeStep lock();
    /// "split": the release's folder here, its stages' models, keys and configs.
    [[nodiscard]] RecipeStep split(const onnx::Model& model, const Emulation& emulation);
    /// "upload": what devices lack.
    [[nodiscard]] RecipeStep upload();
    /// "start": what does not run.
    [[nodiscard]] RecipeStep start();
    /// "keys": in the place of "split" where nodes only measure links.
    [[nodiscard]] RecipeStep keys();
    /// "measure": what `work` does with the hosts.
    [[nodiscard]] RecipeStep
    measure(std::function<Result<std::string>(DeviceHosts&, const TaskContext&)> work);
    /// "health", and "warm up" for each device.
    [[nodiscard]] RecipeStep health();
    /// "switch": this release is the current one; stops those that it replaces, and removes all but
    /// the last of them.
    [[nodiscard]] RecipeStep replace();
    /// "stop": its gateway is asked to end when what is under way is answered.
    [[nodiscard]] RecipeStep stop();
    /// "remove": no process and no file of it is left on its devices.
    [[nodiscard]] RecipeStep remove();

    /// Which of its nodes run, by name.
    [[nodiscard]] Result<std::set<std::string>> alive(const std::string& device,
                                                      const std::stop_token& stop);
    [[nodiscard]] std::string tail(std::size_t node, const std::stop_token& stop);
    [[nodiscard]] Result<std::vector<PayloadFile>> missing(std::size_t node,
                                                           const std::stop_token& stop);
    void unlock();

private:
    [[nodiscard]] std::vector<std::size_t> nodesOn(const std::string& device) const;
    /// A task for each device.
    using Run = std::function<Result<std::string>(DeviceHost&, const TaskContext&)>;
    [[nodiscard]] std::vector<Task> perDevice(const Run& run) const;
    [[nodiscard]] DeviceHost& host(const std::string& device) { return *m_hosts.at(device); }

    Result<std::string> checkDevice(DeviceHost& host, const std::filesystem::path& runner,
                                    const TaskContext& context);
    Result<std::string> lockDevice(DeviceHost& host, const TaskContext& context);
    Result<std::string> prepare(const onnx::Model& model, const Emulation& emulation,
                                const TaskContext& context);
    Result<void> assignEndpoints();
    Result<std::string> makeProbes();
    Result<std::string> uploadTo(DeviceHost& host, const TaskContext& context);
    Result<std::string> startOn(DeviceHost& host, const TaskContext& context);
    void stopBegun(DeviceHost& host, const std::stop_token& stop);
    Result<std::string> commit(const TaskContext& context);
    Result<void> onEveryHost(const Release& other, const std::string& action,
                             const std::stop_token& stop);
    void retire(Release other, const std::stop_token& stop);
    void forget(const Release& other, const std::stop_token& stop);

    Release m_release;
    HostAccess& m_access;
    HostLimits m_limits;
    DeviceHosts m_hosts; ///< of the release's nodes
    std::string m_token; ///< of the lock
    std::map<std::string, Facts> m_facts;
    std::map<std::string, RunnerFiles> m_runners;
    std::map<std::string, std::vector<std::uint16_t>> m_ports;
    std::vector<Payload> m_payloads;
    std::map<std::string, NodeTransfer> m_transfers; ///< by node
    std::mutex m_mutex;                              ///< of what tasks of several devices add to
    std::set<std::string> m_begun;                   ///< nodes that did not run before
    std::set<std::string> m_started;
    std::vector<std::string> m_notes;
    double m_startedAt = 0;
};

/// Releases over SSH with a device in common, current or replaced, newest first; not `release`.
[[nodiscard]] std::vector<Release> releasesBeside(const Release& release);

} // namespace millrace::deploy
