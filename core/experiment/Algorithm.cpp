// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/Algorithm.h"

#include "experiment/Baselines.h"

namespace millrace::experiment
{

std::string_view name(Algorithm algorithm)
{
    switch (algorithm) {
    case Algorithm::Exact:
        break;
    case Algorithm::KPath:
        return "kpath";
    case Algorithm::Greedy:
        return "greedy";
    case Algorithm::Random:
        return "random";
    }
    return "exact";
}

Result<plan::Solved> solve(const plan::Problem& problem, const SearchOptions& options,
                           std::stop_token stop, plan::PlanSink& sink)
{
    if (options.algorithm == Algorithm::Exact)
        return plan::solve(problem, options, std::move(stop), sink);
    if (const auto ok = plan::validate(problem); !ok)
        return tl::unexpected(ok.error());
    return plan::Solved{solveBaseline(problem, options, stop, sink), {}};
}

} // namespace millrace::experiment
