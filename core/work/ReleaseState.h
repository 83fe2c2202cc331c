// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/ReleaseIndex.h"

#include <functional>

namespace millrace::work
{

/// How a release is, as one word for its operator.
enum class State {
    Replaced,    ///< a later release serves in its place; its files are kept
    Down,        ///< all its processes are gone
    Unreachable, ///< the gateway does not answer
    Starting,
    Serving,
    Interrupted, ///< a stage is missing; requests wait
    Draining,
};
[[nodiscard]] std::string_view name(State state); ///< "replaced", "down", ...

/// One process of a release, in the order of its nodes.
struct NodeState {
    bool isAlive = false; ///< the process is there, as far as can be known from here
    bool isUp = false;    ///< and does its work: the gateway answers, or says so of the stage
    bool operator==(const NodeState&) const = default;
};

/// What can be known of a release from here.
struct ReleaseState {
    State state = State::Unreachable;
    std::vector<NodeState> nodes;
    bool operator==(const ReleaseState&) const = default;
};

/// Whether a process of this machine lives; deploy::isAlive, or a test's own.
using IsAlive = std::function<bool(const deploy::ReleaseNode&)>;

/// From its processes and from what its gateway said; without `live` the gateway does not answer.
/// Processes of other machines are known through the gateway only.
[[nodiscard]] ReleaseState releaseState(
    const deploy::Release& release, const std::optional<runtime::LiveStatus>& live,
    const IsAlive& isAlive = [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); });

/// How many processes of a local release have ended; those of other machines are not seen from
/// here.
[[nodiscard]] std::size_t countEnded(
    const deploy::Release& release,
    const IsAlive& isAlive = [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); });

/// Whether there may be something to watch, before any gateway was asked: a process of a local
/// release lives; a release on other devices was not replaced.
[[nodiscard]] bool mayServe(
    const deploy::ReleaseHeader& release,
    const IsAlive& isAlive = [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); });

} // namespace millrace::work
