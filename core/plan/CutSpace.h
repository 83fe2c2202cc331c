// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Bits.h"
#include "plan/Plan.h"

#include <functional>

namespace millrace::plan
{

/// The cuts a search may use: all down-closed cuts where their number allows, else those of one
/// linear order. Cut 0 is empty, the last one is everything, and a cut comes after every cut it
/// contains. A stage is a pair (from, to) with `from` inside `to`.
class CutSpace
{
public:
    static constexpr std::size_t kMaxConvexCuts = 2500;
    static constexpr std::size_t kMaxLinearCuts = 1500;

    /// Needs a valid problem. Memory and time grow with the square of the number of cuts, which is
    /// bounded by the above. `stopped` is asked often; after it said yes the space is unusable.
    CutSpace(const Problem& problem, const std::function<bool()>& stopped);

    [[nodiscard]] std::size_t size() const { return m_payload.size(); }
    [[nodiscard]] std::size_t last() const { return size() - 1; }
    [[nodiscard]] SearchSpace kind() const { return m_kind; }
    [[nodiscard]] Bytes payload(std::size_t cut) const { return m_payload[cut]; }
    /// Cuts that strictly contain this one.
    [[nodiscard]] const Bits& above(std::size_t cut) const { return m_above[cut]; }
    /// Peak memory of a stage, by the problem's memory model; only for `to` in above(from).
    [[nodiscard]] Bytes memory(std::size_t from, std::size_t to) const
    {
        return {m_memory[from * size() + to]};
    }
    /// Sum of a figure of the layers inside each cut; one value per cut.
    template <class Figure>
    [[nodiscard]] std::vector<double> sums(const Figure& figureOfLayer) const
    {
        std::vector<double> sums(size(), 0);
        for (std::size_t cut = 1; cut < size(); ++cut) {
            const Cover& cover = m_covers[cut].front();
            sums[cut] = sums[cover.lower];
            for (const LayerId layer : cover.added)
                sums[cut] += figureOfLayer(layer);
        }
        return sums;
    }
    /// Layers of the stage between two cuts, ascending.
    [[nodiscard]] std::vector<LayerId> layers(std::size_t from, std::size_t to) const;
    /// The cut with exactly these layers inside, when it is in the space.
    [[nodiscard]] std::optional<std::size_t> find(const std::vector<bool>& inside) const;

private:
    /// A cut right below another one, and the layers between.
    struct Cover {
        std::size_t lower;
        std::vector<LayerId> added;
    };
    bool enumerateConvex(const Problem& problem, const std::function<bool()>& stopped);
    void useLinearOrder(const Problem& problem);
    void fillAbove();
    void fillMemory(const Problem& problem, const std::function<bool()>& stopped);

    SearchSpace m_kind = SearchSpace::Convex;
    std::vector<Bits> m_inside;
    std::vector<std::vector<Cover>> m_covers;
    std::vector<Bytes> m_payload;
    std::vector<Bits> m_above;
    std::vector<std::int64_t> m_memory;
};

} // namespace millrace::plan
