// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `experiment`: the published experiment and what else is tried over many random clusters. It
/// uses `plan` and what that stands on; networks come in as graph::Architecture.
///
/// Source: Parthasarathy and Krishnamachari, "Partitioning and Deployment of Deep Neural Networks
/// on Edge Clusters" (arXiv 2304.11941), with 2210.12219 (algorithm) and 2210.12218 (system).
#pragma once

#include "experiment/Published.h"
#include "graph/Architecture.h"

namespace millrace::experiment
{

/// Paper: as published: 8-byte floats, one copy per consumer, compressed by 1.44; a stage needs 4
/// bytes for each output element of its layers and one for each parameter, and the segment behind a
/// cut counts on neither side. Honest: float32, one copy, weights and the most bytes that live at
/// once.
enum class Arithmetic { Paper, Honest };
[[nodiscard]] std::string_view name(Arithmetic arithmetic); ///< "paper", "honest"

/// A network as the segments between its candidate points, in one arithmetic.
class PaperModel
{
public:
    PaperModel(const graph::Architecture& architecture, Arithmetic arithmetic);

    [[nodiscard]] std::size_t candidatePoints() const { return m_transfer.size(); }
    /// Mibit (2^20 bits) that cross a cut after each candidate point.
    [[nodiscard]] const std::vector<double>& transfers() const { return m_transfer; }
    /// Names of the layers at the candidate points.
    [[nodiscard]] const std::vector<std::string>& pointNames() const { return m_names; }

    /// For the published algorithms, with transfers in bits. `cap`: what a stage stays below.
    [[nodiscard]] SegmentChain chain(Bytes cap, std::size_t nodes) const;

    /// For the exact planner: a chain of segments without compute on nodes alike, whose valid plans
    /// are exactly the partitions that chain() allows. Weights stand for reach, not for bytes:
    /// plan::Problem adds memory over the layers of a stage, which the paper's rule does not, but a
    /// rule by which a part of a fitting stage fits is always such a sum (Scott and Suppes 1958, on
    /// semiorders).
    [[nodiscard]] plan::Problem problem(Bytes cap, const Bandwidths& bandwidths) const;

private:
    void fillPaper(const graph::Architecture& architecture,
                   const std::vector<std::size_t>& segmentOf);
    void fillHonest(const graph::Architecture& architecture,
                    const std::vector<std::size_t>& segmentOf);
    [[nodiscard]] std::size_t lastFitting(std::size_t first, Bytes cap) const;

    Arithmetic m_arithmetic;
    std::vector<double> m_transfer;
    std::vector<std::string> m_names;
    std::vector<std::int64_t> m_bytes; ///< of each segment that add up
    std::vector<std::int64_t> m_peak;  ///< of each segment of which the largest counts
};

} // namespace millrace::experiment
