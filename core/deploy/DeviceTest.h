// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceHost.h"
#include "deploy/Facts.h"
#include "deploy/Release.h"

#include <functional>
#include <stop_token>

namespace millrace::deploy
{

/// By name; a gateway's that is not in the cluster is this computer.
[[nodiscard]] cluster::Device deviceNamed(const cluster::Cluster& cluster, const std::string& name);
/// Where a node runs: of a local release, on this computer, which then has no address.
[[nodiscard]] cluster::Device deviceOf(const Release& release, const ReleaseNode& node);
/// Where Millrace keeps its files there: in the account's home folder, here in the state folder.
[[nodiscard]] std::string folderOn(const cluster::Device& device);
[[nodiscard]] std::string folderOn(const Release& release, const ReleaseNode& node);

/// What a release finds on one of its devices. With faults, what comes after may be missing.
struct Examined {
    Facts facts;
    RunnerFiles runner;
    Demand demand;                    ///< with the runner's files
    std::vector<std::uint16_t> ports; ///< free ones, as many as are needed
    std::vector<Fault> faults;        ///< none: it can be deployed to
};
/// What the nodes of a plan on one device need of it, the runner's files apart.
[[nodiscard]] Demand demandOn(const std::string& device, const std::vector<ReleaseNode>& nodes,
                              const plan::Problem& problem, const plan::Plan& plan);
/// Reads the facts over a connection that stands or is made now. Changes nothing there.
[[nodiscard]] Examined examine(DeviceHost& host, const Demand& demand,
                               const std::filesystem::path& runner, const std::stop_token& stop);

/// One device of a plan.
struct DeviceTest {
    cluster::Device device;
    Examined found;
};
/// What is to be deployed, as far as devices have to suit it.
struct DeviceTests {
    cluster::Cluster cluster;
    plan::Problem problem;
    plan::Plan plan;
    std::filesystem::path runner; ///< millrace-stage; empty: beside the running program
    HostLimits limits;
};
/// Tests every device that the plan's release would have and that has an address (a gateway without
/// one runs here), all at once: whether it is reached, by a
/// known host key, with a log-in and a shell, and everything that deploy() checks before it
/// sends anything. Nothing is changed there. `tested` hears of each device as its test ends, one
/// call at a time, on threads of its own. Blocking; Cancelled when stopped.
[[nodiscard]] Result<void> testDevices(const DeviceTests& tests, HostAccess& access,
                                       std::stop_token stop,
                                       const std::function<void(const DeviceTest&)>& tested);
/// Devices of the release that the plan would become, each once, stages first.
[[nodiscard]] std::vector<cluster::Device> devicesOf(const cluster::Cluster& cluster,
                                                     const plan::Plan& plan);

} // namespace millrace::deploy
