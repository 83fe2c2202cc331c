// SPDX-License-Identifier: GPL-3.0-or-later
/// The planner against a solver for mixed-integer programmes, COIN-OR CBC, to the same proven
/// optimum of the same instance. CPU times: of our thread, and of the whole process of the other.
///   bench_mip [--only TEXT] [--seeds N] [--first SEED] [--limit SECONDS]
#include "MipModel.h"
#include "PlannerFamilies.h"
#include "base/File.h"
#include "plan/search/Solve.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace
{

using namespace millrace;

struct Arguments {
    std::string only;
    std::uint64_t seeds = 3, first = 5000;
    double limit = 600;
};

double threadSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double childrenSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Outcome {
    bool proven = false;       ///< the optimum, or that there is no plan
    double optimum = HUGE_VAL; ///< seconds; infinite: no plan
    double cpu = 0;
};

/// The median of several runs: one takes milliseconds.
Outcome plannerOn(const plan::Problem& problem)
{
    constexpr int kRuns = 5;
    std::vector<double> times;
    Outcome outcome;
    for (int run = 0; run < kRuns; ++run) {
        plan::NoPlanSink sink;
        const double start = threadSeconds();
        const auto solved = plan::solve(problem, {}, {}, sink);
        times.push_back(threadSeconds() - start);
        const plan::Solution plan = solved ? solved->solution : plan::Solution{};
        outcome.proven = solved && (plan.status == plan::Status::Optimal ||
                                    plan.status == plan::Status::Infeasible);
        if (plan.hasStages())
            outcome.optimum = plan.bottleneckTime.value;
    }
    std::sort(times.begin(), times.end());
    outcome.cpu = times[kRuns / 2];
    return outcome;
}

/// Runs in a folder of its own, so that the command line holds no name of ours.
Outcome cbcOn(const plan::Problem& problem, const std::filesystem::path& folder, double limit)
{
    std::ofstream(folder / "model.lp") << bench::mipModel(problem);
    std::filesystem::remove(folder / "solution");
    const std::string command =
        fmt::format("cd '{}' && cbc model.lp -seconds {} -ratioGap 0 -allowableGap 0 -solve "
                    "-solution solution > log",
                    folder.string(), limit);
    Outcome outcome;
    const double start = childrenSeconds();
    const int code = std::system(command.c_str());
    outcome.cpu = childrenSeconds() - start;
    // "Optimal - objective value 123.45", "Stopped on time - objective value 130.2", "Infeasible -
    // objective value 0.01"
    std::ifstream solution(folder / "solution");
    std::string line;
    std::getline(solution, line);
    const bool infeasible = line.find("nfeasible") != std::string::npos;
    outcome.proven = code == 0 && (line.starts_with("Optimal") || infeasible);
    if (const auto number = line.rfind(' '); number != std::string::npos && !infeasible)
        outcome.optimum = 1e-3 * std::strtod(line.c_str() + number, nullptr);
    return outcome;
}

/// CBC's own tolerance is 1e-7 on rows in milliseconds.
bool agree(double a, double b)
{
    return a == b || std::abs(a - b) <= 1e-6 * std::min(a, b) + 1e-9;
}

bool compare(const bench::Family& family, std::uint64_t seed, const std::filesystem::path& folder,
             double limit)
{
    const plan::Problem problem = bench::instance(family, seed);
    const Outcome ours = plannerOn(problem);
    const Outcome theirs = cbcOn(problem, folder, limit);
    const bool wrong = ours.proven && theirs.proven && !agree(ours.optimum, theirs.optimum);
    const std::string verdict = wrong            ? "DIFFERENT OPTIMA"
                                : !ours.proven   ? "not proven by the planner"
                                : !theirs.proven ? "CBC did not finish"
                                                 : "agreed";
    fmt::print("{:<20}{:>6}{:>14.6f}{:>14.6f}{:>12.2f}{:>12.2f}{:>10}  {}\n", family.name, seed,
               ours.optimum, theirs.optimum, 1e3 * ours.cpu, theirs.cpu,
               fmt::format("{}{:.0f}", theirs.proven ? "" : "> ", theirs.cpu / ours.cpu), verdict);
    std::fflush(stdout);
    return !wrong;
}

Arguments parse(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--only")
            arguments.only = argv[i + 1];
        else if (option == "--seeds")
            arguments.seeds = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--first")
            arguments.first = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--limit")
            arguments.limit = std::strtod(argv[i + 1], nullptr);
    }
    return arguments;
}

/// As PlannerFamilies, and small enough for CBC.
std::vector<bench::Family> smallFamilies()
{
    using bench::Bound;
    std::vector<bench::Family> families;
    for (const auto& [devices, layers] : {std::pair(4, 12), {5, 20}, {6, 30}, {8, 40}})
        for (const auto& [bound, name] : {std::pair(Bound::Compute, "compute"),
                                          {Bound::Transfer, "transfer"},
                                          {Bound::Memory, "memory"}})
            families.push_back(
                {fmt::format("{} x {} {}", devices, layers, name), devices, layers, bound});
    return families;
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    if (std::system("command -v cbc > /dev/null") != 0) {
        std::fprintf(stderr, "error: there is no program cbc to compare with; install Debian's "
                             "package coinor-cbc (apt-get install coinor-cbc)\n");
        return 1;
    }
    std::string name = (std::filesystem::temp_directory_path() / "bench_mip.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        std::fprintf(stderr, "error: cannot make a folder %s\n", name.c_str());
        return 1;
    }
    fmt::print("{:<20}{:>6}{:>14}{:>14}{:>12}{:>12}{:>10}\n", "devices x layers", "seed",
               "Millrace, s", "CBC, s", "cpu, ms", "cpu, s", "ratio");
    bool ok = true;
    for (const bench::Family& family : smallFamilies())
        for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; ++seed)
            if (family.name.find(arguments.only) != std::string::npos)
                ok = compare(family, seed, name, arguments.limit) && ok;
    std::filesystem::remove_all(name);
    return ok ? 0 : 1;
}
