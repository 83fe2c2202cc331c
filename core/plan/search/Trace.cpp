// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Trace.h"

namespace millrace::plan
{

std::string_view name(Phase phase)
{
    switch (phase) {
    case Phase::Start:
        return "start";
    case Phase::Climb:
        return "climb";
    case Phase::FirstPlan:
        return "first_plan";
    case Phase::Halve:
        return "halve";
    case Phase::Dive:
        return "dive";
    case Phase::Prove:
        return "prove";
    case Phase::Settle:
        return "settle";
    }
    return "start";
}

std::string_view name(Source source)
{
    switch (source) {
    case Source::WarmStart:
        return "warm_start";
    case Source::Bound:
        return "bound";
    case Source::Prices:
        return "prices";
    case Source::Labels:
        return "labels";
    case Source::Conflicts:
        return "conflicts";
    case Source::Dive:
        return "dive";
    case Source::Ties:
        return "ties";
    }
    return "bound";
}

std::string_view name(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Found:
        return "found";
    case Verdict::Refuted:
        return "refuted";
    case Verdict::Unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace millrace::plan
