// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/Baselines.h"

#include "experiment/CandidatePoints.h"
#include "experiment/Published.h"
#include "plan/Checker.h"
#include "plan/Infeasible.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace millrace::experiment
{
namespace
{

/// The problem's layers as segments between candidate points, with one memory cap.
class ProblemChain
{
public:
    ProblemChain(const plan::Problem& problem, Bytes cap) : m_problem(problem), m_cap(cap)
    {
        std::vector<std::vector<std::size_t>> predecessors(problem.layers.size());
        for (const graph::DataflowTensor& tensor : problem.tensors)
            for (const LayerId consumer : tensor.consumers)
                if (tensor.producer)
                    predecessors[consumer.index()].push_back(tensor.producer->index());
        const CandidatePoints candidates = candidatePoints(predecessors);
        m_points = candidates.points.size();
        m_segments.resize(candidates.segmentCount());
        for (std::size_t layer = 0; layer < problem.layers.size(); ++layer)
            m_segments[candidates.segmentOf[layer]].layers.emplace_back(layer);
        fillSizes(candidates.segmentOf);
    }

    [[nodiscard]] std::size_t points() const { return m_points; }

    [[nodiscard]] SegmentChain chain() const
    {
        SegmentChain chain;
        for (const Segment& segment : m_segments)
            chain.transfer.push_back(static_cast<double>(segment.payload.value));
        chain.transfer.back() = 0; // nothing leaves the model's end for another stage
        chain.fitting = [this](std::size_t first, std::vector<std::size_t>& ends) {
            addFitting(first, ends);
        };
        return chain;
    }

    [[nodiscard]] std::vector<LayerId> layers(std::size_t first, std::size_t last) const
    {
        std::vector<LayerId> result;
        for (std::size_t s = first; s <= last; ++s)
            result.insert(result.end(), m_segments[s].layers.begin(), m_segments[s].layers.end());
        std::sort(result.begin(), result.end());
        return result;
    }

private:
    struct Segment {
        std::vector<LayerId> layers;
        Bytes weights, activation;
        Bytes payload;                   ///< after it
        std::vector<std::size_t> shared; ///< weights that it reads, each once
    };

    void fillSizes(const std::vector<std::size_t>& segmentOf)
    {
        std::vector<LayerId> order;
        for (Segment& segment : m_segments) {
            order.insert(order.end(), segment.layers.begin(), segment.layers.end());
            for (const LayerId id : segment.layers) {
                const plan::Layer& layer = m_problem.layers[id.index()];
                segment.weights += layer.weightBytes;
                segment.activation = std::max(segment.activation, layer.activationBytes);
            }
        }
        const std::vector<Bytes> payloads = graph::linearPayloads(order, m_problem.tensors);
        m_input = payloads.front();
        std::size_t done = 0;
        for (Segment& segment : m_segments)
            segment.payload = payloads[done += segment.layers.size()];
        for (std::size_t w = 0; w < m_problem.sharedWeights.size(); ++w)
            for (const LayerId layer : m_problem.sharedWeights[w].layers) {
                auto& shared = m_segments[segmentOf[layer.index()]].shared;
                if (std::find(shared.begin(), shared.end(), w) == shared.end())
                    shared.push_back(w);
            }
    }

    [[nodiscard]] static Bytes copies(double count, Bytes payload)
    {
        return {static_cast<std::int64_t>(std::ceil(count * static_cast<double>(payload.value)))};
    }

    void addFitting(std::size_t first, std::vector<std::size_t>& ends) const
    {
        const plan::MemoryModel& model = m_problem.memoryModel;
        Bytes weights = model.fixed +
                        copies(model.inCopies, first > 0 ? m_segments[first - 1].payload : m_input);
        Bytes activation;
        std::vector<bool> isCounted(m_problem.sharedWeights.size(), false);
        for (std::size_t end = first; end < m_segments.size(); ++end) {
            const Segment& segment = m_segments[end];
            weights += segment.weights;
            for (const std::size_t w : segment.shared)
                if (!isCounted[w]) {
                    isCounted[w] = true;
                    weights += m_problem.sharedWeights[w].bytes;
                }
            activation = std::max(activation, segment.activation);
            if (weights + activation > m_cap)
                return;
            if (weights + activation + copies(model.outCopies, segment.payload) <= m_cap)
                ends.push_back(end);
        }
    }

    const plan::Problem& m_problem;
    Bytes m_cap;
    Bytes m_input;
    std::size_t m_points = 0;
    std::vector<Segment> m_segments;
};

class Baseline
{
public:
    Baseline(const plan::Problem& problem, const SearchOptions& options,
             const std::stop_token& stop)
        : m_problem(problem), m_options(options), m_stop(stop),
          m_start(std::chrono::steady_clock::now()), m_random(options.seed)
    {
    }

    plan::Solution run(plan::PlanSink& sink)
    {
        plan::Solution plan = search();
        if (plan.hasStages())
            sink.improved(&plan, plan.lowerBound);
        else
            plan.singleDevice = plan::bestSingleDevice(m_problem);
        plan.solver.algorithm = name(m_options.algorithm);
        plan.solver.searchSpace = plan::SearchSpace::Linear;
        plan.solver.elapsed = elapsed();
        return plan;
    }

private:
    [[nodiscard]] Seconds elapsed() const
    {
        return {std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count()};
    }
    [[nodiscard]] bool stopped() const
    {
        return m_stop.stop_requested() || elapsed() > m_options.timeLimit;
    }

    [[nodiscard]] static plan::Solution infeasible(std::vector<std::string> reasons)
    {
        plan::Solution plan;
        plan.status = plan::Status::Infeasible;
        plan.whyInfeasible = std::move(reasons);
        return plan;
    }
    template <class... Args>
    [[nodiscard]] plan::Solution none(fmt::format_string<Args...> format, Args&&... args) const
    {
        return infeasible({fmt::format(
            "{}. This is the limit of the {} algorithm; --algorithm exact may find a plan",
            fmt::format(format, std::forward<Args>(args)...), name(m_options.algorithm))});
    }

    [[nodiscard]] plan::Solution search()
    {
        if (auto reasons = plan::simpleReasons(m_problem); !reasons.empty())
            return infeasible(std::move(reasons));
        if (!m_problem.pins.empty())
            return none("pins cannot be honoured by an algorithm to which all devices are alike");
        findNodes();
        if (m_nodes.empty())
            return none("no device that is switched on can run every layer");
        const auto smallest =
            std::min_element(m_nodes.begin(), m_nodes.end(), [this](DeviceId a, DeviceId b) {
                return device(a).memory < device(b).memory;
            });
        const Bytes cap = device(*smallest).memory;
        const ProblemChain segments(m_problem, cap);
        SegmentChain chain = segments.chain();
        chain.minStages = static_cast<std::size_t>(m_problem.stages.min);
        chain.maxStages = m_nodes.size();
        if (m_problem.stages.max)
            chain.maxStages =
                std::min(chain.maxStages, static_cast<std::size_t>(*m_problem.stages.max));
        const auto cuts = m_options.algorithm == Algorithm::Random
                              ? randomCuts(chain, RandomCuts::WithinMemory, m_random)
                              : cheapestCuts(chain);
        if (!cuts)
            return none("cut at its {} candidate points into {} to {} stages, the model needs more "
                        "memory in one of them than {} has, the smallest device ({})",
                        segments.points(), chain.minStages, chain.maxStages, device(*smallest).name,
                        formatBytes(cap));
        return placed(segments, chain, *cuts,
                      fmt::format("every device counts with the memory of the smallest, {} of {}",
                                  formatBytes(cap), device(*smallest).name));
    }

    [[nodiscard]] const plan::Device& device(DeviceId id) const
    {
        return m_problem.devices[id.index()];
    }

    void findNodes()
    {
        for (std::size_t d = 0; d < m_problem.devices.size(); ++d)
            if (m_problem.devices[d].enabled &&
                std::all_of(m_problem.layers.begin(), m_problem.layers.end(),
                            [&](const plan::Layer& layer) {
                                return layer.seconds.contains(m_problem.devices[d].className);
                            }))
                m_nodes.emplace_back(d);
    }

    [[nodiscard]] std::optional<Places> places(const SegmentChain& chain, const Cuts& cuts)
    {
        Bandwidths bandwidths(m_nodes.size());
        for (std::size_t a = 0; a < m_nodes.size(); ++a)
            for (std::size_t b = 0; b < m_nodes.size(); ++b)
                if (a != b)
                    bandwidths.at(DeviceId(a), DeviceId(b)) =
                        m_problem.bandwidth.at(m_nodes[a], m_nodes[b]);
        if (m_options.algorithm == Algorithm::Greedy)
            return placeGreedily(chain, cuts, bandwidths);
        if (m_options.algorithm == Algorithm::Random)
            return placeAtRandom(cuts, bandwidths, m_random);
        return placeByPaths(chain, cuts, kPublishedClasses, bandwidths, m_random,
                            [this] { return stopped(); });
    }

    [[nodiscard]] plan::Solution placed(const ProblemChain& segments, const SegmentChain& chain,
                                        const Cuts& cuts, std::string memoryNote)
    {
        const auto chosen = places(chain, cuts);
        if (stopped()) {
            plan::Solution plan;
            plan.status = m_stop.stop_requested() ? plan::Status::Cancelled : plan::Status::Timeout;
            plan.notes.emplace_back("stopped before a first plan was found");
            return plan;
        }
        if (!chosen)
            return none("no chain of links was found for the {} stages of its partition",
                        cuts.size() + 1);
        plan::Solution plan;
        plan.status = plan::Status::Feasible;
        plan::Pipeline& pipeline = plan.pipelines.emplace_back();
        for (std::size_t k = 0; k <= cuts.size(); ++k) {
            const std::size_t first = k == 0 ? 0 : cuts[k - 1] + 1;
            const std::size_t last = k < cuts.size() ? cuts[k] : chain.segments() - 1;
            pipeline.stages.push_back(
                {m_nodes[(*chosen)[k]], segments.layers(first, last), {}, {}});
        }
        plan::fillFigures(m_problem, plan);
        if (const auto broken = plan::check(m_problem, plan); !broken.empty())
            return none("its plan breaks a rule that it does not know: {}", broken.front());
        plan.notes = {std::move(memoryNote),
                      fmt::format("cuts are tried at {} candidate points only", segments.points()),
                      "compute times, the gateway's hops, occupancy and delay count in the "
                      "figures, but not in the algorithm's choice"};
        return plan;
    }

    const plan::Problem& m_problem;
    const SearchOptions& m_options;
    const std::stop_token& m_stop;
    std::chrono::steady_clock::time_point m_start;
    Random m_random;
    std::vector<DeviceId> m_nodes; ///< that can host any stage
};

} // namespace

plan::Solution solveBaseline(const plan::Problem& problem, const SearchOptions& options,
                             const std::stop_token& stop, plan::PlanSink& sink)
{
    return Baseline(problem, options, stop).run(sink);
}

} // namespace millrace::experiment
