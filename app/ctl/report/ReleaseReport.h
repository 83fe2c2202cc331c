// SPDX-License-Identifier: GPL-3.0-or-later
/// What the commands around a release have in common.
#pragma once

#include "ctl/Report.h"
#include "deploy/Release.h"

namespace millrace::ctl
{

/// A failure of what was to run, not of what was given: exit code 5, an interruption included.
[[nodiscard]] Report runFailure(const Error& error);

/// The same where what was given may be at fault: that stays bad input.
[[nodiscard]] Result<Report> failureOf(const Error& error);

/// "no feasible plan" and its reasons, or why there is none yet.
[[nodiscard]] Report withoutPlan(const plan::Problem& problem, const plan::Plan& plan);

/// The keys of `deploy --json` that every way of deploying has, and those of each entry of its
/// "nodes"; a stage has its planned memory, the gateway has none.
[[nodiscard]] Json releaseJson(const deploy::Release& release);
[[nodiscard]] Json nodeJson(const deploy::Release& release, std::size_t node);

/// Each on a line of its own.
[[nodiscard]] std::string notesText(const std::vector<std::string>& notes);
[[nodiscard]] Report undeployReport(const std::string& release);
[[nodiscard]] Report rollbackReport(const std::string& release,
                                    const std::vector<std::string>& notes);

} // namespace millrace::ctl
