// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bits.h"
#include "plan/Plan.h"

#include <functional>

namespace millrace::plan
{

/// A choice of cuts that a search may use. Cut 0 is empty, the last one is everything, and a cut
/// comes after every cut it contains. A stage is a pair (from, to) with `from` inside `to`.
class CutSpace
{
public:
    static constexpr std::size_t kMaxConvexCuts = 20000;
    static constexpr std::size_t kMaxLinearCuts = 8192;

    /// The cuts of one linear order with small payloads: all there are when each layer needs the
    /// one before. Very long orders keep the smallest payload of each window. Valid problem needed.
    [[nodiscard]] static CutSpace linear(const Problem& problem);
    /// Every down-closed cut with a payload of at most `most`, by rising work; none when there are
    /// too many, or `stopped` said yes. Inner cuts beyond `most` are of no use to a plan whose hops
    /// they exceed.
    [[nodiscard]] static std::optional<CutSpace> convex(const Problem& problem, double most,
                                                        const std::function<bool()>& stopped);

    [[nodiscard]] std::size_t size() const { return m_payload.size(); }
    [[nodiscard]] std::size_t last() const { return size() - 1; }
    /// Whether a plan may need no other cut.
    [[nodiscard]] bool isComplete() const { return m_isComplete; }
    /// Whether each cut holds the one before.
    [[nodiscard]] bool isChain() const { return m_isChain; }
    [[nodiscard]] Bytes payload(std::size_t cut) const { return m_payload[cut]; }
    /// For chains: calls visit(to, peak memory by the memory model) for every stage that starts at
    /// the cut, ascending.
    void eachStage(std::size_t from,
                   const std::function<void(std::size_t to, std::int64_t memory)>& visit) const;
    /// For other spaces: whether a stage needs no more memory than that. `to` must contain `from`.
    [[nodiscard]] bool fitsInto(std::int64_t memory, std::size_t from, std::size_t to) const;
    /// No stage that ends behind this needs as little memory; may be too far.
    [[nodiscard]] std::size_t lastInto(std::int64_t memory, std::size_t from) const;
    /// Whether `larger` strictly contains `smaller`.
    [[nodiscard]] bool isAbove(std::size_t larger, std::size_t smaller) const
    {
        return larger > smaller && (m_isChain || m_ranked[larger].contains(m_ranked[smaller]));
    }
    /// Layers inside.
    [[nodiscard]] std::size_t layerCount(std::size_t cut) const { return m_counts[cut]; }
    [[nodiscard]] bool holds(std::size_t cut, LayerId layer) const
    {
        return m_inside[cut].test(layer.index());
    }
    /// Whether a stage is this layer alone. `to` must contain `from`.
    [[nodiscard]] bool isAlone(std::size_t from, std::size_t to, LayerId layer) const
    {
        return m_counts[to] == m_counts[from] + 1 && holds(to, layer) && !holds(from, layer);
    }
    /// Not for chains: the cuts with one layer more and no larger payload.
    struct Growth {
        LayerId layer;
        std::size_t to;
    };
    [[nodiscard]] const std::vector<Growth>& growths(std::size_t cut) const
    {
        return m_growths[cut];
    }
    /// The cuts up to `upTo` that strictly contain the cut, 64 to a word, from the word of `cut`
    /// on.
    void above(std::size_t cut, std::size_t upTo, std::vector<std::uint64_t>& words) const;
    /// Sum of a figure of the layers inside each cut; one value per cut, in one order of adding for
    /// all cuts of a space.
    template <class Figure>
    [[nodiscard]] std::vector<double> sums(const Figure& figureOfLayer) const
    {
        std::vector<double> sums(size(), 0);
        std::vector<double> partial(1, 0); ///< after each layer of the cut
        for (const std::size_t cut : m_order) {
            partial.resize(m_kept[cut] + 1);
            for (const LayerId layer : m_added[cut])
                partial.push_back(partial.back() + figureOfLayer(layer));
            sums[cut] = partial.back();
        }
        return sums;
    }
    /// Layers of the stage between two cuts, ascending.
    [[nodiscard]] std::vector<LayerId> layers(std::size_t from, std::size_t to) const;

private:
    explicit CutSpace(const Problem& problem) : m_problem(&problem) {}
    void fillSteps();
    template <class Leave, class Enter, class At>
    void walk(const Leave& leave, const Enter& enter, const At& at) const;
    void fillRanks();
    void fillBorders();
    [[nodiscard]] std::vector<std::vector<std::size_t>> readyLayers() const;
    void fillGrowths();
    void finish();

    const Problem* m_problem;
    bool m_isComplete = true, m_isChain = true;
    std::vector<Bits> m_inside;
    std::vector<std::size_t> m_counts; ///< layers inside
    /// Cuts in an order in which each shares its first layers with the one before: how many, and
    /// which are added to them.
    std::vector<std::size_t> m_order, m_kept;
    std::vector<std::vector<LayerId>> m_added;
    std::vector<Bytes> m_payload;
    std::vector<std::int64_t> m_weights; ///< bytes of the weights inside
    /// Bytes that a stage holds of the payload it receives or sends at the cut, copies included.
    std::vector<std::int64_t> m_received, m_sent;
    std::vector<std::vector<double>> m_sharedUsers; ///< [shared weight][cut]: layers inside
    // Only where cuts are no chain:
    std::vector<LayerId> m_byActivation;            ///< largest first
    std::vector<Bits> m_ranked;                     ///< as m_inside, numbered by m_byActivation
    std::vector<std::vector<std::size_t>> m_border; ///< layers inside that none inside needs
    std::vector<std::vector<Growth>> m_growths;
    std::vector<std::int64_t> m_leastOnwards; ///< weights and what is sent
    std::vector<Bits> m_holders;              ///< by layer: the cuts that it is inside of
};

} // namespace millrace::plan
