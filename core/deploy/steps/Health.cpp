// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/AllSteps.h"
#include "deploy/steps/Serving.h"

#include <chrono>

namespace millrace::deploy
{
namespace
{

using Clock = std::chrono::steady_clock;

/// Between looks at processes; the gateway is asked more often.
constexpr std::chrono::milliseconds kLook{500};

/// Looks at each device now and then; who waits asks for every node each time.
class RemoteWatch final : public NodeWatch
{
public:
    RemoteWatch(Rollout& rollout, std::stop_token stop)
        : m_rollout(rollout), m_stop(std::move(stop))
    {
    }
    bool isAlive(std::size_t node) override
    {
        const ReleaseNode& which = m_rollout.release.nodes[node];
        Seen& seen = m_seen[which.device];
        if (seen.at + kLook < Clock::now()) {
            auto names = m_rollout.alive(which.device, m_stop);
            // A device that does not answer for a moment is no runner that has ended.
            if (names)
                seen.names = std::move(*names);
            seen.isKnown = seen.isKnown || names.has_value();
            seen.at = Clock::now();
        }
        return !seen.isKnown || seen.names.contains(which.name);
    }
    std::string logTail(std::size_t node) override { return m_rollout.tail(node, m_stop); }

private:
    struct Seen {
        Clock::time_point at;
        std::set<std::string> names;
        bool isKnown = false;
    };
    Rollout& m_rollout;
    std::stop_token m_stop;
    std::map<std::string, Seen> m_seen;
};

Result<std::string> waitFor(Rollout& rollout, const TaskContext& context)
{
    std::vector<std::size_t> which;
    for (std::size_t n = 0; n < rollout.release.nodes.size(); ++n)
        if (rollout.started.contains(rollout.release.nodes[n].name))
            which.push_back(n);
    RemoteWatch watch(rollout, context.stop());
    const auto ok =
        waitUntilServing(rollout.release, which, {rollout.startedAt, rollout.limits.start}, watch,
                         context.stop(), context.steps());
    return ok ? Result<std::string>("") : tl::unexpected(ok.error());
}

} // namespace

RecipeStep steps::health(Rollout& rollout)
{
    RecipeStep step{
        StepId::Health, rollout.limits.start + rollout.limits.script, OnFailure::StopOthers, {}};
    step.tasks = {
        {"", [&rollout](const TaskContext& context) { return waitFor(rollout, context); }}};
    return step;
}

} // namespace millrace::deploy
