// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Account.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/steps/AllSteps.h"

#include <unistd.h>

#include <array>
#include <ctime>

namespace millrace::deploy
{
namespace
{

/// "ada@laptop (process 4711) since 2026-11-25 22:10:05 UTC"
std::string whoWeAre()
{
    std::array<char, 256> computer{};
    ::gethostname(computer.data(), computer.size() - 1);
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> time{};
    std::strftime(time.data(), time.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
    const std::string account = thisAccount().name;
    return fmt::format("{}@{} (process {}) since {}", account.empty() ? "?" : account,
                       computer.data(), ::getpid(), time.data());
}

Result<std::string> lockDevice(Rollout& rollout, DeviceHost& host, const TaskContext& context)
{
    if (const auto ok = host.help("lock", {rollout.token, whoWeAre()}, context.stop()); !ok)
        return tl::unexpected(ok.error());
    // Here, every release's folder is beside those of others; who made one is known of each.
    if (rollout.release.kind == ReleaseKind::Local)
        return "";
    std::vector<std::string> abandoned;
    for (const ReleaseHeader& release : abandonedReleases())
        if (release.kind == ReleaseKind::Ssh)
            abandoned.push_back(release.id);
    if (const auto ok = host.help("sweep", abandoned, context.stop()); !ok)
        return inContext("cleaning up after an earlier deployment", ok.error());
    return "";
}

} // namespace

RecipeStep steps::lock(Rollout& rollout)
{
    RecipeStep step{StepId::Lock, rollout.limits.script * 3, OnFailure::LetOthersFinish, {}};
    step.tasks = rollout.perDevice([&rollout](DeviceHost& host, const TaskContext& context) {
        return lockDevice(rollout, host, context);
    });
    rollout.undoPerDevice(step, [&rollout](DeviceHost& host, const std::stop_token& stop) {
        static_cast<void>(host.help("unlock", {rollout.token}, stop));
    });
    return step;
}

} // namespace millrace::deploy
