// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a rollout: it serves, and what it replaces goes.
#include "deploy/Health.h"
#include "deploy/LocalFiles.h"
#include "deploy/Rollout.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::deploy
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswerLimit{1000};
constexpr std::chrono::seconds kDrainTime{5};
constexpr std::chrono::milliseconds kPoll{50};
/// Between looks at processes over SSH; the gateway is asked more often.
constexpr std::chrono::milliseconds kLook{500};
/// Replaced releases that can be gone back to.
constexpr std::size_t kKept = 2;

/// Looks at each device now and then; Health asks for every node each time.
class RemoteWatch final : public NodeWatch
{
public:
    RemoteWatch(Rollout& rollout, std::stop_token stop)
        : m_rollout(rollout), m_stop(std::move(stop))
    {
    }
    bool isAlive(std::size_t node) override
    {
        const ReleaseNode& which = m_rollout.release().nodes[node];
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

/// What is under way is answered, then the runners end.
void askToEnd(const Release& release, const std::stop_token& stop)
{
    const auto address = gatewayAddress(release);
    if (!address)
        return;
    auto client = runtime::StatusClient::connect(*address, kAnswerLimit, stop);
    if (!client || !client->drain(stop))
        return;
    const auto end = Clock::now() + kDrainTime;
    while (Clock::now() < end && !stop.stop_requested()) {
        const auto status = client->status(0, stop);
        if (!status || status->inFlight == 0)
            break;
        std::this_thread::sleep_for(kPoll);
    }
    static_cast<void>(client->shutdown(stop));
}

} // namespace

std::vector<Release> releasesBeside(const Release& release)
{
    std::set<std::pair<std::string, int>> places;
    for (const cluster::Device& device : release.cluster.devices)
        if (device.address)
            places.emplace(*device.address, device.port.value_or(22));
    std::vector<Release> beside = localReleases();
    std::erase_if(beside, [&](const Release& other) {
        if (other.kind != ReleaseKind::Ssh || other.owner || other.id == release.id)
            return true;
        return std::none_of(other.nodes.begin(), other.nodes.end(), [&](const ReleaseNode& node) {
            const auto id = other.cluster.find(node.device);
            if (!id)
                return false;
            const cluster::Device& device = other.cluster.devices[id->index()];
            return device.address && places.contains({*device.address, device.port.value_or(22)});
        });
    });
    return beside;
}

RecipeStep Rollout::health()
{
    RecipeStep step{"health", m_limits.start + m_limits.script, OnFailure::StopOthers, {}};
    step.tasks = {{"", [this](const TaskContext& context) -> Result<std::string> {
                       std::vector<std::size_t> which;
                       for (std::size_t n = 0; n < m_release.nodes.size(); ++n)
                           if (m_started.contains(m_release.nodes[n].name))
                               which.push_back(n);
                       RemoteWatch watch(*this, context.stop());
                       const auto ok =
                           waitUntilServing(m_release, which, {m_startedAt, m_limits.start}, watch,
                                            context.stop(), context.steps());
                       return ok ? Result<std::string>("") : tl::unexpected(ok.error());
                   }}};
    return step;
}

RecipeStep Rollout::replace()
{
    RecipeStep step{"switch", kNever, OnFailure::StopOthers, {}};
    step.tasks = {{"", [this](const TaskContext& context) { return commit(context); }}};
    return step;
}

Result<std::string> Rollout::commit(const TaskContext& context)
{
    for (const auto& [name, host] : m_hosts)
        if (const auto ok = host->help("complete", {m_release.id}, context.stop()); !ok)
            return inContext(name, ok.error());
    static_cast<void>(removeFolder(m_release.folder / "split"));
    m_release.owner.reset();
    m_release.standing = Standing::Current;
    if (const auto ok = saveRelease(m_release); !ok)
        return tl::unexpected(ok.error());
    // From here on it is the one; what cannot be tidied now is tidied by the next deployment.
    const std::vector<Release> beside = releasesBeside(m_release);
    std::size_t kept = 0;
    for (const Release& other : beside) {
        if (other.standing == Standing::Current)
            retire(other, context.stop());
        if (++kept > kKept)
            forget(other, context.stop());
    }
    for (const Release& other : abandonedReleases())
        if (other.kind == ReleaseKind::Ssh)
            forget(other, context.stop());
    unlock();
    return fmt::format("{}", fmt::join(m_notes, "; "));
}

Result<void> Rollout::onEveryHost(const Release& other, const std::string& action,
                                  const std::stop_token& stop)
{
    Rollout theirs(other, m_access, m_limits);
    for (auto& [name, host] : theirs.m_hosts) {
        const auto ours = m_hosts.find(name);
        const bool isSame =
            ours != m_hosts.end() && ours->second->device().address == host->device().address;
        DeviceHost& reached = isSame ? *ours->second : *host;
        if (const auto ok = reached.help(action, {other.id}, stop); !ok)
            return inContext(name, ok.error());
        if (!isSame)
            static_cast<void>(reached.help("unlock", {m_token}, stop));
    }
    return {};
}

void Rollout::retire(Release other, const std::stop_token& stop)
{
    askToEnd(other, stop);
    if (const auto ok = onEveryHost(other, "stop", stop); !ok) {
        m_notes.push_back(fmt::format("{} still runs somewhere: {}", other.id, ok.error().message));
        return;
    }
    other.standing = Standing::Replaced;
    static_cast<void>(saveRelease(other));
}

void Rollout::forget(const Release& other, const std::stop_token& stop)
{
    if (const auto ok = onEveryHost(other, "remove", stop); !ok)
        m_notes.push_back(fmt::format("{} cannot be removed: {}", other.id, ok.error().message));
    else
        static_cast<void>(removeFolder(other.folder));
}

RecipeStep Rollout::stop()
{
    RecipeStep step{"stop", m_limits.script, OnFailure::StopOthers, {}};
    step.tasks = {{"", [this](const TaskContext& context) -> Result<std::string> {
                       askToEnd(m_release, context.stop());
                       return "";
                   }}};
    return step;
}

RecipeStep Rollout::remove()
{
    RecipeStep step{"remove", m_limits.script * 3, OnFailure::LetOthersFinish, {}};
    step.tasks =
        perDevice([this](DeviceHost& host, const TaskContext& context) -> Result<std::string> {
            if (const auto ok = host.help("remove", {m_release.id}, context.stop()); !ok)
                return tl::unexpected(ok.error());
            static_cast<void>(host.help("unlock", {m_token}, context.stop()));
            return "";
        });
    return step;
}

} // namespace millrace::deploy
