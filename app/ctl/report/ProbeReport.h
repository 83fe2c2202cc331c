// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "deploy/Probe.h"

namespace millrace::ctl
{

/// Facts and links as they were measured; `output` is where the cluster file was written.
[[nodiscard]] Report probeReport(const deploy::ProbeOutcome& outcome, const std::string& output);

} // namespace millrace::ctl
