// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Solve.h"

#include "plan/Baselines.h"
#include "plan/Infeasible.h"
#include "plan/LabelSearch.h"
#include "plan/ThresholdSearch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace millrace::plan
{
namespace
{

/// Sums of the same times in another order differ by rounding only; below this nothing is told
/// apart.
constexpr double kTolerance = 1e-9;
/// From this gap on it pays to ask for the proof at once.
constexpr double kNearlyClosed = 0.02;
/// Up to this many devices equally good plans are compared.
constexpr std::size_t kMaxDevicesForTies = 10;
constexpr std::size_t kNarrow = 8, kWidest = 100000; ///< labels per cut
constexpr int kPasses = 40;

class Solver
{
public:
    Solver(const Problem& problem, const SolveOptions& options, std::stop_token stop,
           PlanSink& sink)
        : m_problem(problem), m_options(options), m_stop(std::move(stop)), m_sink(sink),
          m_start(std::chrono::steady_clock::now())
    {
    }

    Plan run()
    {
        if (auto reasons = simpleReasons(m_problem); !reasons.empty())
            return finished(infeasible(std::move(reasons)));
        if (m_options.warmStart)
            offer(m_options.warmStart->stages);
        const CutSpace cuts(m_problem, [this] { return stopped(); });
        m_space = cuts.kind();
        m_anywhere = boundOverAllCuts();
        if (stopped())
            return finished(outcome());
        m_preferred = preferredDevices();
        const StageSpace space(m_problem, cuts, [this] { return stopped(); });
        ThresholdSearch search(space, [this] { return stopped(); });
        m_search = &search;
        if (m_problem.overlap == Overlap::Yes)
            searchByPrices(space);
        else
            searchBySets(search);
        if (m_refuted)
            return finished(infeasible(searchReasons(search, cuts)));
        if (m_best && space.devices.size() <= kMaxDevicesForTies)
            settleTies(search);
        Plan plan = finished(outcome());
        m_search = nullptr;
        return plan;
    }

private:
    [[nodiscard]] Seconds elapsed() const
    {
        return {std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count()};
    }
    bool stopped()
    {
        if (m_stop.stop_requested())
            m_why = Status::Cancelled;
        else if (elapsed() > m_options.timeLimit)
            m_why = Status::Timeout;
        else if (m_options.stepLimit && m_search != nullptr &&
                 m_search->steps() + m_steps > *m_options.stepLimit)
            m_why = Status::Feasible;
        else
            return false;
        return true;
    }

    /// Takes the stages as the new best plan when they are valid here and better.
    void offer(const std::vector<Stage>& stages)
    {
        Plan plan;
        plan.stages = stages;
        plan.status = Status::Feasible;
        if (!isStructured(stages))
            return;
        fillFigures(m_problem, plan);
        if (!check(m_problem, plan).empty())
            return;
        if (m_best && m_best->bottleneckTime <= plan.bottleneckTime)
            return;
        m_best = std::move(plan);
        report();
    }
    /// Whether a plan made elsewhere names layers and devices of this problem at all.
    [[nodiscard]] bool isStructured(const std::vector<Stage>& stages) const
    {
        return !stages.empty() &&
               std::all_of(stages.begin(), stages.end(), [this](const Stage& stage) {
                   return stage.device.value >= 0 &&
                          stage.device.index() < m_problem.devices.size() &&
                          std::all_of(stage.layers.begin(), stage.layers.end(),
                                      [this](LayerId layer) {
                                          return layer.value >= 0 &&
                                                 layer.index() < m_problem.layers.size();
                                      });
               });
    }
    void report()
    {
        if (m_best)
            m_best->lowerBound = bound();
        m_sink.improved(m_best ? &*m_best : nullptr, bound());
    }
    /// Over all plans: what the search proved counts only when it looks at every cut.
    [[nodiscard]] Seconds bound() const
    {
        const double proved =
            m_space == SearchSpace::Convex ? std::max(m_lower, m_anywhere.value) : m_anywhere.value;
        return {m_best ? std::min(proved, m_best->bottleneckTime.value) : proved};
    }

    [[nodiscard]] bool isClosed() const
    {
        const double best = m_best->bottleneckTime.value;
        const double floor = std::max(m_lower, bound().value);
        return best <= 0 || best - floor <= std::max(kTolerance, m_options.gap) * best;
    }

    /// Any plan at all stays below this.
    [[nodiscard]] double ceiling(const StageSpace& space) const
    {
        double most = 0;
        for (const auto& time : space.time)
            most = std::max(most, time.back());
        const auto hop = [&](std::optional<DeviceId> from, std::optional<DeviceId> to,
                             std::size_t cut) {
            const double seconds = space.hop(from, to, cut);
            return std::isfinite(seconds) ? seconds : 0;
        };
        std::size_t largest = 0;
        for (std::size_t cut = 1; cut + 1 < space.cuts.size(); ++cut)
            if (space.cuts.payload(cut) > space.cuts.payload(largest) || largest == 0)
                largest = cut;
        for (const DeviceId a : space.devices) {
            most = std::max(
                {most, hop(m_problem.source, a, 0), hop(a, m_problem.sink, space.cuts.last())});
            for (const DeviceId b : space.devices)
                if (a != b && largest != 0)
                    most = std::max(most, hop(a, b, largest));
        }
        return most * (1 + kTolerance);
    }

    void raise(double threshold)
    {
        m_lower = std::max(m_lower, threshold);
        report();
    }

    /// True when prices refute the threshold; the bound is raised then.
    bool refuted(WalkRelaxation& relaxation, double threshold)
    {
        relaxation.setThreshold(threshold);
        const std::int64_t before = relaxation.passes();
        const bool none = !relaxation.walkExists() || relaxation.refute(kPasses);
        m_steps += relaxation.passes() - before;
        if (none && !stopped())
            raise(threshold);
        return none;
    }

    /// Searches within the relaxation's threshold; a plan is offered with the best cuts of its
    /// order.
    Verdict searchLabels(const StageSpace& space, const WalkRelaxation& relaxation,
                         std::size_t width)
    {
        const std::function<bool()> isStopped = [this] { return stopped(); };
        const LabelResult result = labelSearch(space, relaxation, width, isStopped);
        m_steps += result.labels;
        if (result.verdict == Verdict::Found) {
            std::vector<std::size_t> order;
            for (const StagePlace& place : result.stages)
                order.push_back(place.device);
            for (const auto& places : {result.stages, bestCuts(space, order)}) {
                std::vector<Stage> stages;
                for (const StagePlace& place : places)
                    stages.push_back({space.devices[place.device],
                                      space.cuts.layers(place.from, place.to),
                                      {},
                                      {}});
                offer(stages);
            }
        }
        return result.verdict;
    }

    /// The bound climbs by prices, a narrow search finds a first plan, and the two are brought
    /// together: refute or find halfway, wider and wider where neither succeeds.
    void searchByPrices(const StageSpace& space)
    {
        WalkRelaxation relaxation(space, [this] { return stopped(); });
        const double top = ceiling(space);
        relaxation.setThreshold(top);
        if (!relaxation.walkExists()) {
            m_refuted = !stopped();
            return;
        }
        climb(space, relaxation, top);
        if (!m_best && !stopped())
            findFirst(space, relaxation, top);
        if (m_best)
            close(space, relaxation);
    }

    void climb(const StageSpace& space, WalkRelaxation& relaxation, double top)
    {
        double threshold = std::max(m_anywhere.value, top * 1e-6);
        while (threshold < top && !stopped() && refuted(relaxation, threshold))
            threshold *= 2;
        for (double rise = 0.3; rise > 0.02 && m_lower > 0 && !stopped();) {
            threshold = m_lower * (1 + rise);
            if (m_best && threshold >= m_best->bottleneckTime.value) {
                rise /= 3;
                continue;
            }
            if (threshold < top && refuted(relaxation, threshold))
                continue;
            if (!m_best)
                searchLabels(space, relaxation, kNarrow);
            rise /= 3;
        }
    }

    void findFirst(const StageSpace& space, WalkRelaxation& relaxation, double top)
    {
        for (std::size_t width = kNarrow; width <= kWidest && !m_best; width *= 8)
            for (double factor = 1.05; !m_best && !stopped(); factor *= factor) {
                const double threshold = std::min(top, std::max(m_lower, top * 1e-6) * factor);
                const bool none = refuted(relaxation, threshold);
                const Verdict verdict =
                    none ? Verdict::Refuted : searchLabels(space, relaxation, width);
                if (stopped())
                    return;
                if (verdict == Verdict::Refuted && threshold >= top) {
                    m_refuted = true;
                    return;
                }
                if (threshold >= top)
                    break;
            }
    }

    void close(const StageSpace& space, WalkRelaxation& relaxation)
    {
        std::size_t width = kNarrow;
        double target = 0.5; // where between bound and plan to look, on a logarithmic scale
        while (!stopped() && !isClosed()) {
            const double best = m_best->bottleneckTime.value;
            const double low = std::max({m_lower, m_anywhere.value, best * 1e-6});
            const bool nearly = best - low < kNearlyClosed * best || target > 0.9;
            const double threshold =
                nearly ? best * (1 - kTolerance / 2) : low * std::pow(best / low, target);
            if (refuted(relaxation, threshold)) {
                target = 0.5;
                continue;
            }
            const Verdict verdict = searchLabels(space, relaxation, width);
            if (stopped())
                return;
            if (verdict == Verdict::Refuted) {
                raise(threshold);
                target = 0.5;
            } else if (verdict == Verdict::Found) {
                if (m_best->bottleneckTime.value >= best)
                    raise(threshold); // equal but for rounding
                target = 0.5;
            } else if (!nearly) {
                target = 1 - (1 - target) / 2;
            } else if (width >= kWidest) {
                m_cutShort = true;
                return;
            } else {
                width *= 3;
                target = 0.5;
            }
        }
    }

    /// Without overlap: bisection with the programme over sets of devices.
    void searchBySets(ThresholdSearch& search)
    {
        if (!m_best) {
            const auto first = search.decide(std::numeric_limits<double>::infinity(), {});
            m_refuted = first.verdict == Verdict::Refuted;
            if (m_refuted)
                return;
            offer(first.stages);
        }
        if (m_best)
            narrow(search);
    }

    /// Bisection on the threshold between what is refuted and what is found.
    void narrow(ThresholdSearch& search)
    {
        double floor = m_lower;
        bool askForProof = false;
        while (!stopped()) {
            const double best = m_best->bottleneckTime.value;
            if (best <= 0 || (best - floor) <= kTolerance * best ||
                (best - m_lower) <= m_options.gap * best)
                return;
            askForProof = !askForProof && best - floor < kNearlyClosed * best;
            const double threshold = askForProof ? best * (1 - kTolerance / 2) : (floor + best) / 2;
            const auto answer = search.decide(threshold, {});
            if (answer.verdict == Verdict::Found) {
                offer(answer.stages);
                if (m_best->bottleneckTime.value >= best)
                    floor = threshold; // equal but for rounding
                continue;
            }
            if (stopped())
                return;
            floor = threshold;
            if (answer.verdict == Verdict::Refuted)
                m_lower = threshold;
            else
                m_cutShort = true;
            report();
        }
    }

    /// Equally good plans: fewer stages first, then fewer weights moved against the plan before.
    void settleTies(ThresholdSearch& search)
    {
        if (stopped())
            return;
        const double limit = m_best->bottleneckTime.value * (1 + kTolerance / 100);
        const auto answer = search.decide(limit, m_preferred);
        if (answer.verdict != Verdict::Found)
            return;
        if (m_options.warmStart && isStillBest(answer.stages.size(), limit))
            return;
        const std::optional<Plan> before = std::exchange(m_best, std::nullopt);
        offer(answer.stages);
        if (!m_best)
            m_best = before;
    }
    [[nodiscard]] bool isStillBest(std::size_t fewest, double limit) const
    {
        const Plan& old = *m_options.warmStart;
        return m_best->stages == old.stages && m_best->stages.size() <= fewest &&
               m_best->bottleneckTime.value <= limit;
    }

    [[nodiscard]] std::vector<std::optional<DeviceId>> preferredDevices() const
    {
        if (!m_options.warmStart || !isStructured(m_options.warmStart->stages))
            return {};
        std::vector<std::optional<DeviceId>> devices(m_problem.layers.size());
        for (const Stage& stage : m_options.warmStart->stages)
            for (const LayerId layer : stage.layers)
                devices[layer.index()] = stage.device;
        return devices;
    }

    /// Valid whatever the cuts: every layer runs somewhere, the work is shared by all, and the
    /// gateway's hops are crossed.
    [[nodiscard]] Seconds boundOverAllCuts() const
    {
        double slowestLayer = 0;
        double work = 0;
        std::vector<double> rate(m_problem.devices.size(), 0);
        for (const Layer& layer : m_problem.layers) {
            double fastest = std::numeric_limits<double>::infinity();
            for (const Device& device : m_problem.devices)
                if (const auto time = layer.seconds.find(device.className);
                    device.enabled && time != layer.seconds.end())
                    fastest = std::min(fastest, time->second.value);
            slowestLayer = std::max(slowestLayer, fastest);
            work += fastest;
            for (std::size_t d = 0; d < rate.size(); ++d) {
                const auto time = layer.seconds.find(m_problem.devices[d].className);
                if (m_problem.devices[d].enabled && time != layer.seconds.end() && fastest > 0)
                    rate[d] = std::max(rate[d], fastest / time->second.value);
            }
        }
        double together = 0;
        for (const double r : rate)
            together += r;
        const double shared = together > 0 ? work / together : 0;
        return {std::max({slowestLayer, shared, gatewayHop(true), gatewayHop(false)}) *
                (1 - kTolerance)};
    }
    [[nodiscard]] double gatewayHop(bool first) const
    {
        const auto end = first ? m_problem.source : m_problem.sink;
        if (!end)
            return 0;
        const std::vector<bool> inside(m_problem.layers.size(), !first);
        const Bytes payload = graph::payload(inside, m_problem.tensors);
        double fastest = std::numeric_limits<double>::infinity();
        for (std::size_t d = 0; d < m_problem.devices.size(); ++d) {
            const DeviceId device(d);
            if (!m_problem.devices[d].enabled)
                continue;
            fastest = std::min(fastest, (first ? hopTime(m_problem, *end, device, payload)
                                               : hopTime(m_problem, device, *end, payload))
                                            .value);
        }
        return fastest;
    }

    [[nodiscard]] std::vector<std::string> searchReasons(ThresholdSearch& search,
                                                         const CutSpace& cuts)
    {
        std::vector<std::string> reasons;
        if (!search.walkExists(std::numeric_limits<double>::infinity()))
            reasons.emplace_back("no chain of stages leads from the first to the last layer: every "
                                 "way of cutting needs more memory than a device has, or a link "
                                 "that is missing. Give a device more memory or add a link");
        else
            reasons.emplace_back(
                "the devices that are switched on cannot hold the model together, each used once "
                "and joined by the links there are. Switch on another device, give one more "
                "memory, or add a link");
        if (!m_problem.pins.empty())
            reasons.emplace_back("the pins may be the reason; remove one and plan again");
        if (m_problem.stages.max &&
            *m_problem.stages.max < static_cast<int>(m_problem.devices.size()))
            reasons.push_back(fmt::format("the limit of {} stages may be the reason; allow more",
                                          *m_problem.stages.max));
        if (cuts.kind() == SearchSpace::Linear)
            reasons.emplace_back("only the cuts of one order of the layers were tried; the model "
                                 "has too many others");
        return reasons;
    }

    [[nodiscard]] Plan infeasible(std::vector<std::string> reasons)
    {
        Plan plan;
        plan.status = Status::Infeasible;
        plan.whyInfeasible = std::move(reasons);
        return plan;
    }

    [[nodiscard]] Plan outcome()
    {
        if (!m_best) {
            Plan none;
            none.status = m_why.value_or(Status::Timeout);
            if (none.status == Status::Feasible)
                none.status = Status::Timeout;
            none.lowerBound = bound();
            none.notes.emplace_back("stopped before a first plan was found");
            return none;
        }
        Plan plan = *m_best;
        plan.lowerBound = bound();
        if (plan.gap() <= kTolerance) {
            plan.lowerBound = plan.bottleneckTime;
            plan.status = Status::Optimal;
            return plan;
        }
        plan.status = m_why.value_or(Status::Feasible);
        if (m_space == SearchSpace::Linear)
            plan.notes.emplace_back("only the cuts of one order of the layers were searched; the "
                                    "lower bound holds for all cuts");
        if (m_cutShort)
            plan.notes.emplace_back("too many devices for an exhaustive search; the plan may not "
                                    "be the best");
        return plan;
    }

    [[nodiscard]] Plan finished(Plan plan)
    {
        if (!plan.singleDevice)
            plan.singleDevice = bestSingleDevice(m_problem);
        plan.solver.algorithm = "exact";
        plan.solver.searchSpace = m_space;
        plan.solver.elapsed = elapsed();
        return plan;
    }

    const Problem& m_problem;
    const SolveOptions& m_options;
    std::stop_token m_stop;
    PlanSink& m_sink;
    std::chrono::steady_clock::time_point m_start;
    const ThresholdSearch* m_search = nullptr;
    SearchSpace m_space = SearchSpace::Convex;
    Seconds m_anywhere;
    double m_lower = 0; ///< refuted within the search space
    bool m_cutShort = false;
    bool m_refuted = false;      ///< no plan at all
    std::int64_t m_steps = 0;    ///< passes and labels
    std::optional<Status> m_why; ///< why it was stopped early
    std::optional<Plan> m_best;
    std::vector<std::optional<DeviceId>> m_preferred;
};

} // namespace

std::string_view name(Algorithm algorithm)
{
    switch (algorithm) {
    case Algorithm::Exact:
        return "exact";
    case Algorithm::KPath:
        return "kpath";
    case Algorithm::Greedy:
        return "greedy";
    case Algorithm::Random:
        return "random";
    }
    return "exact";
}

Result<Plan> solve(const Problem& problem, const SolveOptions& options, std::stop_token stop,
                   PlanSink& sink)
{
    if (const auto ok = validate(problem); !ok)
        return tl::unexpected(ok.error());
    if (options.algorithm != Algorithm::Exact)
        return solveBaseline(problem, options, stop, sink);
    return Solver(problem, options, std::move(stop), sink).run();
}

} // namespace millrace::plan
