// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Emulation.h"

namespace millrace::deploy
{
namespace
{

/// What all stages together may use of this machine's cores: above, they would wait for each other
/// and the measurement would be of this machine rather than of the plan.
constexpr double kMostUse = 0.3;
/// How much slower than on this machine every stage is at least: two stages that meet on a core
/// both keep their deadlines.
constexpr double kLeastFactor = 2;
/// A deadline missed by this share of the bottleneck's time cannot move the result by more.
constexpr double kTolerance = 0.03;
constexpr Seconds kJitter{0.001}; ///< the scheduler's own

/// What a run of the stage takes here. A cold start is this machine's, not the device's: counted
/// in, so that it is not stretched into the device's time.
Result<Seconds> hostTime(const plan::Stage& stage, const plan::LayerTimes& times)
{
    Seconds sum;
    for (const LayerId layer : stage.layers) {
        if (layer.value < 0 || layer.index() >= times.reference.size())
            return fail(ErrorCode::InvalidArgument,
                        "this machine's layer times do not fit the plan; measure the model anew");
        sum += times.reference[layer.index()];
    }
    return sum.value > 0 ? sum + times.coldStart : sum;
}

/// Makes the dilation at least `factor`, for this reason.
void dilate(Emulation& emulation, double factor, const std::string& reason)
{
    if (factor <= emulation.dilation)
        return;
    emulation.dilation = factor;
    emulation.reason = reason;
}

} // namespace

Result<Emulation> emulation(const plan::Plan& plan, const plan::LayerTimes& hostTimes, int cores)
{
    if (!plan.hasStages() || cores < 1)
        return fail(ErrorCode::InvalidArgument, "there is no plan to emulate");
    Emulation emulation;
    Seconds all;
    for (const auto& [at, stage] : plan.stages()) {
        const Seconds planned = stage.compute;
        const auto host = hostTime(stage, hostTimes);
        if (!host)
            return tl::unexpected(host.error());
        if (host->value > 0 && planned.value <= 0)
            return fail(ErrorCode::InvalidArgument,
                        "stage {} is planned to take no time, which no machine can emulate",
                        at.stage + 1);
        all += *host;
        // Layers without any time of their own take what they take.
        const double factor = host->value > 0 ? planned.value / host->value : 1;
        emulation.computeFactor.emplace(at, factor);
        if (host->value > 0)
            dilate(
                emulation, kLeastFactor / factor,
                fmt::format("stage {} is planned on a device that is not {:.0f} times slower than "
                            "this machine, whose cores the stages share",
                            at.stage + 1, kLeastFactor));
    }
    if (plan.bottleneckTime.value > 0) {
        const double use = all.value / (plan.bottleneckTime.value * cores);
        dilate(emulation, use / kMostUse,
               fmt::format("the stages would use {:.0f} % of this machine's {} cores; at most "
                           "{:.0f} % leave each its own time",
                           100 * use, cores, 100 * kMostUse));
    }
    emulation.tolerance =
        std::max(kJitter, Seconds{plan.bottleneckTime.value * emulation.dilation * kTolerance});
    return emulation;
}

} // namespace millrace::deploy
