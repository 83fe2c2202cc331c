// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/ReleaseState.h"

#include "work/Places.h"

#include <algorithm>

namespace millrace::work
{
namespace
{

/// What the gateway says of the node: that it answers at all, or that the stage is up.
bool isSeenUp(const deploy::ReleaseNode& node, const runtime::LiveStatus& live)
{
    const auto* stage = std::get_if<StageRef>(&node.role);
    if (stage == nullptr)
        return true;
    const runtime::StageStatus* status = live.find(*stage);
    return status != nullptr && status->up;
}

NodeState nodeState(const deploy::Release& release, const deploy::ReleaseNode& node,
                    const std::optional<runtime::LiveStatus>& live, const IsAlive& isAlive)
{
    const bool isHere = release.kind == deploy::ReleaseKind::Local;
    NodeState state;
    state.isAlive = isHere ? isAlive(node) : live.has_value();
    state.isUp = state.isAlive && live && isSeenUp(node, *live);
    return state;
}

State serviceState(runtime::ServiceState state, bool allUp)
{
    switch (state) {
    case runtime::ServiceState::Starting:
        return State::Starting;
    case runtime::ServiceState::Serving:
        // A process that has just ended is known here before the gateway has missed it.
        return allUp ? State::Serving : State::Interrupted;
    case runtime::ServiceState::Interrupted:
        return State::Interrupted;
    case runtime::ServiceState::Draining:
        return State::Draining;
    }
    return State::Unreachable;
}

} // namespace

std::string_view name(State state)
{
    switch (state) {
    case State::Replaced:
        return "replaced";
    case State::Down:
        return "down";
    case State::Unreachable:
        return "unreachable";
    case State::Starting:
        return "starting";
    case State::Serving:
        return "serving";
    case State::Interrupted:
        return "interrupted";
    case State::Draining:
        return "draining";
    }
    return "unreachable";
}

ReleaseState releaseState(const deploy::Release& release,
                          const std::optional<runtime::LiveStatus>& live, const IsAlive& isAlive)
{
    ReleaseState known;
    for (const deploy::ReleaseNode& node : release.nodes)
        known.nodes.push_back(nodeState(release, node, live, isAlive));
    const bool isHere = release.kind == deploy::ReleaseKind::Local;
    const bool noneLives = std::none_of(known.nodes.begin(), known.nodes.end(),
                                        [](const NodeState& node) { return node.isAlive; });
    const bool allUp = std::all_of(known.nodes.begin(), known.nodes.end(),
                                   [](const NodeState& node) { return node.isUp; });
    if (release.standing == deploy::Standing::Replaced)
        known.state = State::Replaced;
    else if (isHere && noneLives)
        known.state = State::Down;
    else if (live)
        known.state = serviceState(live->state, allUp);
    return known;
}

std::size_t countEnded(const deploy::Release& release, const IsAlive& isAlive)
{
    if (release.kind == deploy::ReleaseKind::Ssh)
        return 0;
    const auto alive = std::count_if(release.nodes.begin(), release.nodes.end(), isAlive);
    return release.nodes.size() - static_cast<std::size_t>(alive);
}

bool mayServe(const deploy::ReleaseHeader& release, const IsAlive& isAlive)
{
    if (release.kind == deploy::ReleaseKind::Ssh)
        return release.standing == deploy::Standing::Current;
    return std::any_of(release.nodes.begin(), release.nodes.end(), isAlive);
}

} // namespace millrace::work
