// SPDX-License-Identifier: GPL-3.0-or-later
/// Time to a first plan, to 1 % and to the proof, over fresh random instances of each family.
///   bench_planner [--family TEXT] [--seeds N] [--first SEED] [--limit SECONDS]
#include "PlannerFamilies.h"
#include "plan/Solve.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

namespace
{

using namespace millrace;
using Clock = std::chrono::steady_clock;
constexpr double kNever = 1e9;

/// Milliseconds from the start of a solve.
struct Times {
    double first = kNever, onePercent = kNever, proven = kNever;
    double gap = 1;
};

class Watch final : public plan::PlanSink
{
public:
    explicit Watch(Times& times) : m_times(times) {}
    void improved(const plan::Plan* incumbent, Seconds lowerBound) override
    {
        if (incumbent == nullptr)
            return;
        const double now =
            std::chrono::duration<double, std::milli>(Clock::now() - m_start).count();
        m_times.first = std::min(m_times.first, now);
        const double best = incumbent->bottleneckTime.value;
        if (best - lowerBound.value <= 0.01 * best)
            m_times.onePercent = std::min(m_times.onePercent, now);
    }

private:
    Times& m_times;
    Clock::time_point m_start = Clock::now();
};

Times run(const plan::Problem& problem, double limit)
{
    Times times;
    plan::SolveOptions options;
    options.timeLimit = Seconds{limit};
    const auto start = Clock::now();
    Watch watch(times);
    const auto plan = plan::solve(problem, options, {}, watch);
    const double end = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (!plan || !plan->hasStages())
        return times;
    times.gap = plan->gap();
    if (plan->status == plan::Status::Optimal)
        times.proven = end;
    if (times.gap <= 0.01)
        times.onePercent = std::min(times.onePercent, end);
    return times;
}

std::string figures(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const auto text = [](double value) {
        return value >= kNever ? std::string("-") : fmt::format("{:.3g}", value);
    };
    return fmt::format("{:>8} ({:>7})", text(values[values.size() / 2]), text(values.back()));
}

} // namespace

int main(int argc, char** argv)
{
    std::string only;
    std::uint64_t seeds = 10, first = 1000;
    double limit = 10;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--family")
            only = argv[i + 1];
        else if (option == "--seeds")
            seeds = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--first")
            first = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--limit")
            limit = std::strtod(argv[i + 1], nullptr);
    }
    fmt::print("{:<22}{:>20}{:>20}{:>20}{:>22}\n", "family, ms: median (worst)", "first plan",
               "1 %", "proven", "gap, %");
    for (const bench::Family& family : bench::families()) {
        if (family.name.find(only) == std::string::npos)
            continue;
        std::vector<double> firsts, ones, proofs, gaps;
        for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
            const Times times = run(bench::instance(family, seed), limit);
            firsts.push_back(times.first);
            ones.push_back(times.onePercent);
            proofs.push_back(times.proven);
            gaps.push_back(100 * times.gap);
        }
        fmt::print("{:<22}    {:>20}{:>20}{:>20}{:>20}\n", family.name, figures(firsts),
                   figures(ones), figures(proofs), figures(gaps));
        std::fflush(stdout);
    }
}
