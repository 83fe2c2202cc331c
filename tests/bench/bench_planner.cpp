// SPDX-License-Identifier: GPL-3.0-or-later
/// Time to a first plan, to 1 % and to the proof, over fresh random instances of each family, in
/// milliseconds of the solving thread's processor time.
///   bench_planner [--mode cold|gaps|warm|drag] [--family TEXT] [--seeds N] [--first SEED]
///                 [--limit SECONDS] [--model PROBLEM.json [--devices N]]
#include "PlannerFamilies.h"
#include "base/File.h"
#include "plan/search/Solve.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>

namespace
{

using namespace millrace;
constexpr double kNever = 1e9;
constexpr std::array kMoments = {2., 5., 10., 20., 50., 100., 200., 500., 1000., 2000., 5000.};

double threadMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Milliseconds from the start of a solve.
struct Times {
    double first = kNever, fivePercent = kNever, onePercent = kNever, proven = kNever;
    double gap = 1;
    std::array<double, kMoments.size()> gaps;
    plan::Status status = plan::Status::Infeasible;
};

class Watch final : public plan::PlanSink
{
public:
    explicit Watch(Times& times) : m_times(times) { m_times.gaps.fill(1); }
    void improved(const plan::Solution* incumbent, Seconds lowerBound) override
    {
        if (incumbent == nullptr)
            return;
        const double now = threadMilliseconds() - m_start;
        const double best = incumbent->bottleneckTime.value;
        const double gap = best > 0 ? 1 - lowerBound.value / best : 0;
        m_times.first = std::min(m_times.first, now);
        if (gap <= 0.05)
            m_times.fivePercent = std::min(m_times.fivePercent, now);
        if (gap <= 0.01)
            m_times.onePercent = std::min(m_times.onePercent, now);
        for (std::size_t i = 0; i < kMoments.size(); ++i)
            if (now <= kMoments[i])
                m_times.gaps[i] = gap;
    }

private:
    Times& m_times;
    double m_start = threadMilliseconds();
};

plan::Solved run(const plan::Problem& problem, const plan::SolveOptions& options, Times& times)
{
    const double start = threadMilliseconds();
    Watch watch(times);
    const plan::Solved solved = plan::solve(problem, options, {}, watch).value();
    const plan::Solution& plan = solved.solution;
    const double end = threadMilliseconds() - start;
    times.status = plan.status;
    if (!plan.hasStages())
        return solved;
    times.gap = plan.gap();
    if (plan.status == plan::Status::Optimal)
        times.proven = end;
    if (times.gap <= 0.01)
        times.onePercent = std::min(times.onePercent, end);
    if (times.gap <= 0.05)
        times.fivePercent = std::min(times.fivePercent, end);
    return solved;
}

std::string text(double value)
{
    return value >= kNever ? std::string("-") : fmt::format("{:.3g}", value);
}

double quantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

std::string figures(const std::vector<Times>& all, double Times::*figure)
{
    std::vector<double> values;
    for (const Times& times : all)
        values.push_back(times.*figure);
    return fmt::format("{:>6} {:>6} {:>8}", text(quantile(values, 0.5)),
                       text(quantile(values, 0.95)), text(quantile(values, 1)));
}

void printHeader(bool withGaps)
{
    fmt::print("{:<20}", withGaps ? "family, median gap %" : "ms: median 95 % worst");
    if (withGaps)
        for (const double moment : kMoments)
            fmt::print("{:>8} ms", moment);
    else
        fmt::print(" | {:<22} | {:<22} | {:<22} | {:<22} | {:<22} | {}", "first plan", "5 %", "1 %",
                   "proven", "gap left, %", "proven, infeasible, of");
    fmt::print("\n");
}

void printRow(const std::string& name, std::vector<Times> all, bool withGaps)
{
    const std::size_t asked = all.size();
    std::erase_if(all, [](const Times& t) { return t.status == plan::Status::Infeasible; });
    fmt::print("{:<20}", name);
    if (all.empty())
        return fmt::print(" nothing feasible\n");
    if (withGaps) {
        for (std::size_t i = 0; i < kMoments.size(); ++i) {
            std::vector<double> gaps;
            for (const Times& times : all)
                gaps.push_back(100 * times.gaps[i]);
            fmt::print("{:>11}", text(quantile(gaps, 0.5)));
        }
        return fmt::print("\n");
    }
    const auto proven = std::count_if(all.begin(), all.end(), [](const Times& times) {
        return times.status == plan::Status::Optimal;
    });
    for (Times& times : all)
        times.gap *= 100;
    fmt::print(" | {} | {} | {} | {} | {} | {}, {}, {}\n", figures(all, &Times::first),
               figures(all, &Times::fivePercent), figures(all, &Times::onePercent),
               figures(all, &Times::proven), figures(all, &Times::gap), proven, asked - all.size(),
               asked);
    std::fflush(stdout);
}

struct Arguments {
    std::string mode = "cold", family, model;
    std::uint64_t seeds = 50, first = 5000;
    int devices = 10;
    double limit = 10;
};

/// Solves cold, then after a change with the plan before; `steps` times.
void warm(const plan::Problem& start, const Arguments& arguments, std::uint64_t seed, int steps,
          std::vector<Times>& all)
{
    plan::SolveOptions options;
    options.timeLimit = Seconds{arguments.limit};
    Times cold;
    plan::Problem problem = start;
    options.warmStart = run(problem, options, cold);
    for (int step = 0; step < steps; ++step) {
        problem = steps == 1 ? bench::changed(problem, seed) : bench::dragged(problem, seed);
        const plan::Solved solved = run(problem, options, all.emplace_back());
        if (solved.solution.hasStages())
            options.warmStart = solved;
    }
}

void measure(const std::string& name, const Arguments& arguments,
             const std::function<plan::Problem(std::uint64_t)>& instance)
{
    std::vector<Times> all;
    plan::SolveOptions options;
    options.timeLimit = Seconds{arguments.limit};
    for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; ++seed) {
        if (arguments.mode == "warm")
            warm(instance(seed), arguments, seed, 1, all);
        else if (arguments.mode == "drag")
            warm(instance(seed), arguments, seed, 10, all);
        else
            (void)run(instance(seed), options, all.emplace_back());
    }
    printRow(name, std::move(all), arguments.mode == "gaps");
}

} // namespace

int main(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        const char* value = argv[i + 1];
        if (option == "--mode")
            arguments.mode = value;
        else if (option == "--family")
            arguments.family = value;
        else if (option == "--model")
            arguments.model = value;
        else if (option == "--devices")
            arguments.devices = std::atoi(value);
        else if (option == "--seeds")
            arguments.seeds = std::strtoull(value, nullptr, 10);
        else if (option == "--first")
            arguments.first = std::strtoull(value, nullptr, 10);
        else if (option == "--limit")
            arguments.limit = std::strtod(value, nullptr);
    }
    printHeader(arguments.mode == "gaps");
    if (!arguments.model.empty()) {
        const auto file = readFile(arguments.model);
        const auto model = file ? plan::parseProblem(*file, arguments.model)
                                : Result<plan::Problem>(tl::unexpected(file.error()));
        if (!model) {
            fmt::print(stderr, "error: {}\n", model.error().message);
            return 3;
        }
        measure(fmt::format("{} devices", arguments.devices), arguments, [&](std::uint64_t seed) {
            return bench::onDevices(*model, arguments.devices, seed);
        });
        return 0;
    }
    for (const bench::Family& family : bench::families())
        if (family.name.find(arguments.family) != std::string::npos)
            measure(family.name, arguments,
                    [&](std::uint64_t seed) { return bench::instance(family, seed); });
}
