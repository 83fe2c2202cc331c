// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LocalRelease.h"

namespace millrace::deploy
{
namespace
{

/// What all stages together may use of this machine's cores: above, they would wait for each other
/// and the measurement would be of this machine rather than of the plan.
constexpr double kMostUse = 0.6;

Result<Seconds> hostTime(const plan::Stage& stage, const plan::LayerTimes& times)
{
    Seconds sum;
    for (const LayerId layer : stage.layers) {
        if (layer.value < 0 || layer.index() >= times.reference.size())
            return fail(ErrorCode::InvalidArgument,
                        "this machine's layer times do not fit the plan; measure the model anew");
        sum += times.reference[layer.index()];
    }
    return sum;
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
    for (std::size_t k = 0; k < plan.stages.size(); ++k) {
        const Seconds planned = plan.stages[k].compute;
        const auto host = hostTime(plan.stages[k], hostTimes);
        if (!host)
            return tl::unexpected(host.error());
        if (host->value > 0 && planned.value <= 0)
            return fail(ErrorCode::InvalidArgument,
                        "stage {} is planned to take no time, which no machine can emulate", k + 1);
        all += *host;
        // Layers without any time of their own take what they take.
        emulation.computeFactor.push_back(host->value > 0 ? planned.value / host->value : 1);
        dilate(
            emulation, 1 / emulation.computeFactor.back(),
            fmt::format("stage {} is planned on a device that is faster than this machine", k + 1));
    }
    if (plan.bottleneckTime.value > 0) {
        const double use = all.value / (plan.bottleneckTime.value * cores);
        dilate(emulation, use / kMostUse,
               fmt::format("the stages would use {:.0f} % of this machine's {} cores; at most "
                           "{:.0f} % leave each its own time",
                           100 * use, cores, 100 * kMostUse));
    }
    return emulation;
}

} // namespace millrace::deploy
