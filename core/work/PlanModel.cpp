// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/PlanModel.h"

#include "plan/Checker.h"
#include "work/OpenPlan.h"

#include <cmath>

namespace millrace::work
{
namespace
{

/// That a file's layers exist; the checker relies on it.
Result<void> checkLayers(const plan::Plan& plan, std::size_t layers, const std::string& source)
{
    for (const auto& [at, stage] : plan.stages())
        for (const LayerId layer : stage.layers)
            if (layer.value < 0 || layer.index() >= layers)
                return fail(ErrorCode::InvalidArgument, "{}: the model has no layer {}", source,
                            layer.value);
    return {};
}

} // namespace

Result<plan::Problem> poseProblem(const PlanInputs& inputs)
{
    plan::PlanRequest request = inputs.request;
    request.memoryModel = plan::defaultMemoryModel();
    return plan::makeProblem(inputs.model.graph(), inputs.cluster, inputs.times, request);
}

plan::PlanRecord recordOf(const PlanInputs& inputs)
{
    return {inputs.model.sha256(), inputs.model.dims(), inputs.times.source};
}

Result<FoundPlan> solvePosed(const PlanInputs& inputs, const plan::Problem& problem,
                             const experiment::SearchOptions& options, std::stop_token stop,
                             plan::PlanSink& sink)
{
    auto solved = experiment::solve(problem, options, std::move(stop), sink);
    if (!solved)
        return tl::unexpected(solved.error());
    return FoundPlan{{std::move(solved->solution), recordOf(inputs)}, std::move(solved->memory)};
}

Result<Planned> planModel(PlanInputs inputs, const experiment::SearchOptions& options,
                          std::stop_token stop, plan::PlanSink& sink)
{
    auto problem = poseProblem(inputs);
    if (!problem)
        return tl::unexpected(problem.error());
    auto found = solvePosed(inputs, *problem, options, std::move(stop), sink);
    if (!found)
        return tl::unexpected(found.error());
    return Planned{std::move(inputs), std::move(*problem), std::move(found->plan)};
}

Result<Planned> adoptPlan(PlanInputs inputs, plan::Plan plan, const std::string& source)
{
    if (!plan.hasStages())
        return fail(ErrorCode::InvalidArgument, "{}: the plan has no stages", source);
    if (const auto ok = sameModel(inputs.model, plan.record.modelSha256, source); !ok)
        return tl::unexpected(ok.error());
    if (isWithoutOverlap(plan))
        inputs.request.overlap = plan::Overlap::No;
    auto problem = poseProblem(inputs);
    if (!problem)
        return tl::unexpected(problem.error());
    if (const auto ok = checkLayers(plan, problem->layers.size(), source); !ok)
        return tl::unexpected(ok.error());
    const Seconds before = plan.bottleneckTime;
    plan::fillFigures(*problem, plan);
    plan.record.times = inputs.times.source;
    if (std::abs(plan.bottleneckTime.value - before.value) > 1e-9 * before.value) {
        // What was proven with other times says nothing of these.
        plan.status = plan::Status::Feasible;
        plan.lowerBound = {};
    }
    if (const auto differences = plan::check(*problem, plan); !differences.empty())
        return fail(ErrorCode::InvalidArgument, "{}: the plan does not fit the cluster: {}", source,
                    differences.front());
    return Planned{std::move(inputs), std::move(*problem), std::move(plan)};
}

} // namespace millrace::work
