// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PaperExperiment.h"

#include "base/Guarded.h"
#include "experiment/Baselines.h"
#include "plan/search/Solve.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <thread>

namespace millrace::experiment
{
namespace
{

constexpr double kMibit = 1048576;
constexpr int kCaps[] = {64, 128, 256, 512};
constexpr int kNodes[] = {50, 20, 15, 10, 5}; // the longest first, so that threads end together

struct Trial {
    enum class Kind { Infeasible, OneNode, Solved, Unproven } kind = Kind::Infeasible;
    Cell::Means times{};
};

std::uint64_t mixed(std::uint64_t seed, std::uint64_t nodes, std::uint64_t trial)
{
    return Random(Random(Random(seed).next() + nodes).next() + trial).next();
}

class Experiment
{
public:
    Experiment(const std::vector<graph::Architecture>& networks, const PaperOptions& options,
               const std::stop_token& stop, ProgressSink& progress)
        : m_options(options), m_stop(stop), m_progress(progress)
    {
        for (const int nodes : kNodes)
            for (const graph::Architecture& network : networks)
                for (const Arithmetic arithmetic : {Arithmetic::Paper, Arithmetic::Honest})
                    addCells(network, arithmetic, nodes);
    }

    Result<std::vector<Cell>> run()
    {
        m_trials.resize(m_cells.size() * trials());
        std::vector<std::jthread> threads;
        for (std::size_t t = 1; t < m_options.threads; ++t)
            threads.emplace_back([this] { workGuarded(); });
        workGuarded();
        threads.clear();
        if (m_failure)
            return tl::unexpected(*m_failure);
        if (m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the experiment was interrupted");
        std::vector<Cell> cells;
        for (std::size_t c = 0; c < m_cells.size(); ++c)
            cells.push_back(summary(c));
        return cells;
    }

private:
    struct Work {
        Cell cell;
        std::shared_ptr<const PaperModel> model;
    };

    void addCells(const graph::Architecture& network, Arithmetic arithmetic, int nodes)
    {
        const auto model = std::make_shared<const PaperModel>(network, arithmetic);
        for (const int cap : kCaps) {
            Cell cell;
            cell.model = network.name;
            cell.capMib = cap;
            cell.nodes = nodes;
            cell.arithmetic = arithmetic;
            m_cells.push_back({std::move(cell), model});
        }
    }
    [[nodiscard]] std::size_t trials() const { return static_cast<std::size_t>(m_options.trials); }

    /// What a thread cannot do, the whole experiment cannot.
    void workGuarded()
    {
        const auto done = guarded("the experiment", [this] { work(); });
        if (done)
            return;
        const std::lock_guard lock(m_progressMutex);
        m_failure = done.error();
    }

    void work()
    {
        for (std::size_t i = m_next++; i < m_trials.size() && !m_stop.stop_requested();
             i = m_next++) {
            const Work& work = m_cells[i / trials()];
            m_trials[i] = tried(work, i % trials());
            const std::lock_guard lock(m_progressMutex);
            m_progress.progress(
                fmt::format("{} on {} nodes of {} MiB, {} arithmetic", work.cell.model,
                            work.cell.nodes, work.cell.capMib, name(work.cell.arithmetic)),
                static_cast<double>(++m_done) / static_cast<double>(m_trials.size()));
        }
    }

    [[nodiscard]] Trial tried(const Work& work, std::size_t number) const
    {
        const auto nodes = static_cast<std::size_t>(work.cell.nodes);
        const std::uint64_t seed = mixed(m_options.seed, nodes, number);
        const Bytes cap{std::int64_t{work.cell.capMib} << 20U};
        const SegmentChain chain = work.model->chain(cap, nodes);
        const auto cuts = cheapestCuts(chain);
        Trial trial;
        if (!cuts)
            return trial;
        trial.kind = cuts->empty() ? Trial::Kind::OneNode : Trial::Kind::Solved;
        if (cuts->empty())
            return trial;
        const Bandwidths bandwidths = paperCluster(nodes, seed);
        runPublished(chain, *cuts, bandwidths, work.cell.arithmetic, seed, trial);
        runExact(work.model->problem(cap, bandwidths), seed, trial);
        return trial;
    }

    void runPublished(const SegmentChain& chain, const Cuts& cuts, const Bandwidths& bandwidths,
                      Arithmetic arithmetic, std::uint64_t seed, Trial& trial) const
    {
        Random random(seed + 1);
        const auto time = [&](const Cuts& at, const std::optional<Places>& places) {
            return places ? slowestTransfer(chain, at, *places, bandwidths) : HUGE_VAL;
        };
        trial.times.kpath =
            time(cuts, placeByPaths(chain, cuts, kPublishedClasses, bandwidths, random,
                                    [this] { return m_stop.stop_requested(); }));
        trial.times.greedy = time(cuts, placeGreedily(chain, cuts, bandwidths));
        const auto rule =
            arithmetic == Arithmetic::Paper ? RandomCuts::AsPublished : RandomCuts::WithinMemory;
        const Cuts drawn = randomCuts(chain, rule, random).value_or(cuts);
        trial.times.random = time(drawn, placeAtRandom(drawn, bandwidths, random));
    }

    void runExact(const plan::Problem& problem, std::uint64_t seed, Trial& trial) const
    {
        plan::SolveOptions options;
        options.timeLimit = m_options.exactTimeLimit;
        options.seed = seed;
        plan::NoPlanSink sink;
        const auto solved = plan::solve(problem, options, m_stop, sink);
        const plan::Solution plan = solved ? solved->solution : plan::Solution{};
        if (plan.status != plan::Status::Optimal)
            trial.kind = Trial::Kind::Unproven;
        trial.times.exact = plan.hasStages() ? plan.bottleneckTime.value : HUGE_VAL;
    }

    [[nodiscard]] Cell summary(std::size_t index) const
    {
        Cell cell = m_cells[index].cell;
        cell.trials = m_options.trials;
        Cell::Means sum{};
        int counted = 0;
        for (std::size_t t = 0; t < trials(); ++t) {
            const Trial& trial = m_trials[index * trials() + t];
            cell.infeasible += trial.kind == Trial::Kind::Infeasible ? 1 : 0;
            cell.oneNode += trial.kind == Trial::Kind::OneNode ? 1 : 0;
            cell.unproven += trial.kind == Trial::Kind::Unproven ? 1 : 0;
            if (trial.kind == Trial::Kind::Infeasible || trial.kind == Trial::Kind::OneNode)
                continue;
            ++counted;
            sum.exact += trial.times.exact;
            sum.kpath += trial.times.kpath;
            sum.greedy += trial.times.greedy;
            sum.random += trial.times.random;
        }
        if (counted > 0)
            cell.mean = Cell::Means{sum.exact / counted, sum.kpath / counted, sum.greedy / counted,
                                    sum.random / counted};
        return cell;
    }

    const PaperOptions& m_options;
    const std::stop_token& m_stop;
    ProgressSink& m_progress;
    std::mutex m_progressMutex; ///< guards m_progress and m_done
    std::size_t m_done = 0;
    std::vector<Work> m_cells;
    std::vector<Trial> m_trials;    ///< cell by cell; each written by one thread
    std::optional<Error> m_failure; ///< of a thread
    std::atomic<std::size_t> m_next = 0;
};

} // namespace

Bandwidths paperCluster(std::size_t nodes, std::uint64_t seed)
{
    Random random(seed);
    std::vector<std::pair<double, double>> places;
    for (std::size_t n = 0; n < nodes; ++n) {
        const double x = 1 + 149 * random.unit();
        places.emplace_back(x, 1 + 149 * random.unit());
    }
    Bandwidths bandwidths(nodes);
    for (std::size_t a = 0; a < nodes; ++a)
        for (std::size_t b = 0; b < nodes; ++b) {
            const double dx = places[a].first - places[b].first;
            const double dy = places[a].second - places[b].second;
            const double square = std::max(1e-6, dx * dx + dy * dy); // two on one spot
            if (a != b)
                bandwidths.at(DeviceId(a), DeviceId(b)) = {kMibit * std::log2(1 + 283230 / square)};
        }
    return bandwidths;
}

Result<std::vector<Cell>> runPaperExperiment(const std::vector<graph::Architecture>& networks,
                                             const PaperOptions& options,
                                             const std::stop_token& stop, ProgressSink& progress)
{
    return Experiment(networks, options, stop, progress).run();
}

} // namespace millrace::experiment
