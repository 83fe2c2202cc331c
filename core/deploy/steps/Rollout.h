// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Recipe.h"
#include "deploy/steps/Payload.h"

#include <set>

namespace millrace::deploy
{

/// One release on its way onto its devices, or back into service: what the steps of a recipe share
/// and find out (steps/AllSteps.h). The steps refer to it. Tasks of several devices run at once:
/// each changes what is its device's own, and the rest under `mutex`.
struct Rollout {
    Rollout(Release release, HostAccess& access, HostLimits limits);
    Rollout(const Rollout&) = delete;
    Rollout& operator=(const Rollout&) = delete;

    Release release;
    HostAccess& access;
    HostLimits limits;
    DeviceHosts hosts;       ///< of the release's nodes
    const std::string token; ///< of the lock
    double startedAt = 0;    ///< Unix seconds; of the step "start"

    // By device.
    std::map<std::string, Facts> facts;
    std::map<std::string, RunnerFiles> runners;
    std::map<std::string, std::vector<std::uint16_t>> ports;
    // By node, in the order of Release::nodes or by name.
    std::vector<Payload> payloads;
    std::map<std::string, NodeTransfer> transfers;

    std::mutex mutex;
    std::set<std::string> begun;   ///< nodes that did not run and were to be started
    std::set<std::string> started; ///< of those, the ones that were
    std::vector<std::string> notes;
    /// Held while files are moved where all devices are this computer and share a folder.
    std::mutex turn;

    [[nodiscard]] DeviceHost& host(const std::string& device) { return *hosts.at(device); }
    /// Indices into Release::nodes.
    [[nodiscard]] std::vector<std::size_t> nodesOn(const std::string& device) const;
    /// A task for each device.
    using Run = std::function<Result<std::string>(DeviceHost&, const TaskContext&)>;
    [[nodiscard]] std::vector<Task> perDevice(const Run& run) const;
    using Undo = std::function<void(DeviceHost&, const std::stop_token&)>;
    void undoPerDevice(RecipeStep& step, const Undo& undo);
    /// Held until it is gone; nothing where devices are computers of their own.
    [[nodiscard]] std::unique_lock<std::mutex> ourTurn();

    /// Which of its nodes run, by name.
    [[nodiscard]] Result<std::set<std::string>> alive(const std::string& device,
                                                      const std::stop_token& stop);
    /// The end of its log on one line.
    [[nodiscard]] std::string tail(std::size_t node, const std::stop_token& stop);
    /// Endpoints and folders of the nodes, from the facts and ports of their devices.
    [[nodiscard]] Result<void> assignEndpoints();
    void unlock();
};

} // namespace millrace::deploy
