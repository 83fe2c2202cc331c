// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/TraceReport.h"

#include "base/Json.h"

namespace millrace::ctl
{

std::string traceLine(const plan::TraceEvent& event)
{
    const bool hasPlan = event.incumbent < kNever;
    return Json{{"phase", std::string(plan::name(event.phase))},
                {"source", std::string(plan::name(event.source))},
                {"verdict", std::string(plan::name(event.verdict))},
                {"threshold_s", event.threshold.value},
                {"lower_bound_s", event.lowerBound.value},
                {"incumbent_s", hasPlan ? Json(event.incumbent.value) : Json(nullptr)},
                {"steps", event.steps}}
               .dump() +
           "\n";
}

} // namespace millrace::ctl
