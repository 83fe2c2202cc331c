// SPDX-License-Identifier: GPL-3.0-or-later
/// What the commands around a running release say, on the way and at their end.
#pragma once

#include "Command.h"
#include "deploy/Bench.h"
#include "deploy/Deploy.h"
#include "deploy/LayerTimes.h"

#include <set>

namespace millrace::ctl
{

/// Steps as progress.
class ConsoleSteps final : public deploy::StepSink
{
public:
    explicit ConsoleSteps(ProgressSink& progress) : m_progress(progress) {}
    void step(const deploy::StepUpdate& update) override;

private:
    ProgressSink& m_progress;
};

/// A failure of what was to run, not of what was given: exit code 5, an interruption included.
[[nodiscard]] Report runFailure(const Error& error);

/// The same where what was given may be at fault: that stays bad input.
[[nodiscard]] Result<Report> failureOf(const Error& error);

/// A model on a cluster, with layer times measured on this machine: what a release needs.
struct Planned {
    onnx::Model model;
    plan::LayerTimes times;
    plan::Problem problem;
    plan::Plan plan; ///< without stages until there is one
};
[[nodiscard]] Result<Planned> measured(const onnx::Model& model, const cluster::Cluster& cluster,
                                       const deploy::TimesRequest& request, const Context& context);
[[nodiscard]] Result<void> solve(Planned& planned, const Context& context);
/// "no feasible plan" and its reasons, or why there is none yet.
[[nodiscard]] Report withoutPlan(const plan::Problem& problem, const plan::Plan& plan);

/// The keys of `deploy --json` that every way of deploying has, and those of each entry of its
/// "nodes"; a stage has its planned memory, the gateway has none.
[[nodiscard]] Json releaseJson(const deploy::Release& release);
[[nodiscard]] Json nodeJson(const deploy::Release& release, std::size_t node);

/// The keys of `demo --json`; `bench` adds its own.
[[nodiscard]] Json benchJson(const deploy::BenchResult& result);
[[nodiscard]] std::string benchText(const deploy::BenchResult& result);
/// Success, or a failure that says what of the answers is wrong.
void judge(const deploy::BenchResult& result, Report& report);

} // namespace millrace::ctl
