// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Trace.h"

#include <string>

namespace millrace::ctl
{

/// One line of a trace file: a JSON object and its line end. Without a plan so far,
/// "incumbent_s" is null.
[[nodiscard]] std::string traceLine(const plan::TraceEvent& event);

} // namespace millrace::ctl
