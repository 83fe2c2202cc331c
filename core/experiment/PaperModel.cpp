// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PaperModel.h"

#include "experiment/CandidatePoints.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace millrace::experiment
{
namespace
{

constexpr double kMibit = 1048576;
constexpr double kCompression = 1.44; ///< ZFP's ratio in the published arithmetic
constexpr std::int64_t kFloat = 4;
constexpr double kFine = 1024; ///< compressed sizes are no whole bytes: parts of one count

std::vector<std::vector<std::size_t>> predecessors(const graph::Architecture& architecture)
{
    std::vector<std::vector<std::size_t>> result;
    for (const graph::ArchitectureLayer& layer : architecture.layers)
        result.push_back(layer.inputs);
    return result;
}

/// Positions 0 = p(0) <= p(1) <= ... such that a stage from segment a to segment b, that needs
/// p(b + 1) - p(a), stays within `cap` just when b <= last(a). Difference constraints, relaxed to
/// their least solution (Bellman 1958).
std::vector<std::int64_t> reaches(const std::vector<std::size_t>& last, std::int64_t cap)
{
    const std::size_t count = last.size();
    std::vector<std::int64_t> position(count + 1, 0);
    const auto raise = [&position](std::size_t at, std::int64_t least) {
        const bool isLower = position[at] < least;
        position[at] = std::max(position[at], least);
        return isLower;
    };
    std::size_t rounds = 0;
    for (bool changed = true; changed; ++rounds) {
        assert(rounds <= (count + 1) * (count + 1));
        changed = false;
        for (std::size_t a = 0; a < count; ++a) {
            changed = raise(a + 1, position[a]) || changed;
            if (last[a] + 1 < count) // the next segment is too much
                changed = raise(last[a] + 2, position[a] + cap + 1) || changed;
        }
        for (std::size_t a = count; a-- > 0;)
            if (last[a] + 1 > a) // and up to the last one it fits
                changed = raise(a, position[last[a] + 1] - cap) || changed;
    }
    return position;
}

} // namespace

std::string_view name(Arithmetic arithmetic)
{
    return arithmetic == Arithmetic::Paper ? "paper" : "honest";
}

PaperModel::PaperModel(const graph::Architecture& architecture, Arithmetic arithmetic)
    : m_arithmetic(arithmetic)
{
    const CandidatePoints candidates = experiment::candidatePoints(predecessors(architecture));
    const std::size_t count = candidates.segmentCount();
    m_bytes.assign(count, 0);
    m_peak.assign(count, 0);
    for (const std::size_t point : candidates.points) {
        m_names.push_back(architecture.layers[point].name);
        m_transfer.push_back(static_cast<double>(architecture.layers[point].elements));
    }
    if (arithmetic == Arithmetic::Paper) {
        std::vector<double> consumers(architecture.layers.size(), 0);
        for (const graph::ArchitectureLayer& layer : architecture.layers)
            for (const std::size_t input : layer.inputs)
                ++consumers[input];
        for (std::size_t k = 0; k < count; ++k)
            m_transfer[k] *= consumers[candidates.points[k]] * 8 * 8 / kCompression / kMibit;
        fillPaper(architecture, candidates.segmentOf);
    } else {
        for (double& transfer : m_transfer)
            transfer *= static_cast<double>(8 * kFloat) / kMibit;
        fillHonest(architecture, candidates.segmentOf);
    }
}

void PaperModel::fillPaper(const graph::Architecture& architecture,
                           const std::vector<std::size_t>& segmentOf)
{
    for (std::size_t i = 0; i < architecture.layers.size(); ++i)
        m_bytes[segmentOf[i]] +=
            kFloat * architecture.layers[i].elements + architecture.layers[i].parameters;
}

void PaperModel::fillHonest(const graph::Architecture& architecture,
                            const std::vector<std::size_t>& segmentOf)
{
    const std::size_t count = architecture.layers.size();
    std::vector<graph::DataflowTensor> tensors(count);
    std::vector<LayerId> order;
    for (std::size_t i = 0; i < count; ++i) {
        const graph::ArchitectureLayer& layer = architecture.layers[i];
        m_bytes[segmentOf[i]] += kFloat * layer.parameters;
        tensors[i].bytes = {kFloat * layer.elements};
        tensors[i].producer = LayerId(i);
        tensors[i].isOutput = i + 1 == count;
        for (const std::size_t input : layer.inputs)
            tensors[input].consumers.emplace_back(i);
        order.emplace_back(i);
    }
    const std::vector<Bytes> live = graph::activationBytes(order, tensors);
    for (std::size_t i = 0; i < count; ++i)
        m_peak[segmentOf[i]] = std::max(m_peak[segmentOf[i]], live[i].value);
}

/// Of a stage that begins with this segment; `first` - 1 when not even that one fits.
std::size_t PaperModel::lastFitting(std::size_t first, Bytes cap) const
{
    const bool skips = m_arithmetic == Arithmetic::Paper && first > 0;
    std::int64_t bytes = 0;
    std::int64_t peak = 0;
    std::size_t end = first;
    for (; end < m_bytes.size(); ++end) {
        if (skips && end == first)
            continue;
        bytes += m_bytes[end];
        peak = std::max(peak, m_peak[end]);
        if (bytes + peak >= cap.value)
            break;
    }
    return end - 1;
}

SegmentChain PaperModel::chain(Bytes cap, std::size_t nodes) const
{
    SegmentChain chain;
    for (const double transfer : m_transfer)
        chain.transfer.push_back(transfer * kMibit);
    chain.maxStages = nodes;
    std::vector<std::size_t> last;
    for (std::size_t first = 0; first < m_bytes.size(); ++first)
        last.push_back(lastFitting(first, cap));
    chain.fitting = [last](std::size_t first, std::vector<std::size_t>& ends) {
        for (std::size_t end = first; end != last[first] + 1; ++end)
            ends.push_back(end);
    };
    return chain;
}

plan::Problem PaperModel::problem(Bytes cap, const Bandwidths& bandwidths) const
{
    constexpr std::int64_t kReach = std::int64_t{1} << 32U; // large against a unit per segment
    std::vector<std::size_t> last;
    for (std::size_t first = 0; first < m_bytes.size(); ++first)
        last.push_back(lastFitting(first, cap));
    const std::vector<std::int64_t> position = reaches(last, kReach);
    plan::Problem problem;
    for (std::size_t k = 0; k < m_transfer.size(); ++k) {
        plan::Layer layer;
        layer.name = m_names[k];
        layer.weightBytes = {position[k + 1] - position[k]};
        layer.seconds["node"] = Seconds{0};
        problem.layers.push_back(std::move(layer));
        graph::DataflowTensor tensor;
        tensor.bytes = {std::llround(m_transfer[k] * kMibit / 8 * kFine)};
        tensor.producer = LayerId(k);
        if (k + 1 < m_transfer.size())
            tensor.consumers = {LayerId(k + 1)};
        tensor.isOutput = k + 1 == m_transfer.size();
        problem.tensors.push_back(std::move(tensor));
    }
    for (std::size_t d = 0; d < bandwidths.size(); ++d)
        problem.devices.push_back({fmt::format("node-{}", d + 1), "node", Bytes{kReach}, true});
    problem.bandwidth = bandwidths;
    for (std::size_t a = 0; a < bandwidths.size(); ++a)
        for (std::size_t b = 0; b < bandwidths.size(); ++b)
            problem.bandwidth.at(DeviceId(a), DeviceId(b)).value *= kFine;
    problem.occupancy = plan::Matrix<Seconds>(bandwidths.size());
    problem.delay = plan::Matrix<Seconds>(bandwidths.size());
    return problem;
}

} // namespace millrace::experiment
