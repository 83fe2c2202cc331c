// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/LabelSearch.h"

#include <functional>
#include <map>

namespace millrace::plan
{

/// Decides one threshold after the other over a cut space. A forward dynamic programme over (set of
/// used devices, last device) with the cuts reached as a bitset (with overlap) or the least receive
/// + compute per cut (without); subsets of devices that reach the same cut dominate, equal devices
/// are used in index order, and a backward walk relaxation without distinctness prunes and refutes
/// early (state-space relaxation: Christofides, Mingozzi, Toth 1981; the programme over sets: Held
/// and Karp 1962). One thread. Exact unless a layer of the search has more states than
/// `kMaxStates`.
class ThresholdSearch
{
public:
    static constexpr std::size_t kMaxStates = 3000;

    /// The space must outlive the search. `stopped` is asked often.
    ThresholdSearch(const StageSpace& space, std::function<bool()> stopped);

    /// On Found, `stages` holds a plan with the fewest stages for this threshold; among equals it
    /// leans towards `preferred`, a device per layer (may be empty).
    struct Decision {
        Verdict verdict = Verdict::Unknown;
        std::vector<Stage> stages; ///< device and layers only
    };
    [[nodiscard]] Decision decide(double threshold,
                                  const std::vector<std::optional<DeviceId>>& preferred);

    /// The relaxation alone: is there a walk that may visit devices more than once? No means
    /// Refuted.
    [[nodiscard]] bool walkExists(double threshold);

    [[nodiscard]] std::int64_t steps() const { return m_steps; }

private:
    /// Devices used so far and where the last of them may end its stage.
    struct State {
        Bits used;
        std::size_t device;
        auto operator<=>(const State&) const = default;
    };
    struct Front {
        Bits cuts;
        std::vector<double>
            cost; ///< receive + compute of the last stage, per cut; only without overlap
    };
    using Layer = std::map<State, Front>;

    void prepareThreshold(double threshold);
    void relaxBackward();
    [[nodiscard]] bool refutedByCoverage() const;
    [[nodiscard]] bool linkable(std::size_t from, std::size_t to, std::size_t cut) const
    {
        return m_linkable[from * m_devices.size() + to].test(cut);
    }
    [[nodiscard]] bool mayUse(const Bits& used, std::size_t device) const;
    [[nodiscard]] Layer firstLayer();
    [[nodiscard]] Layer nextLayer(const Layer& layer);
    void extend(Front& target, const Front* from, std::optional<DeviceId> sender,
                std::size_t device);
    void dominate(Layer& layer, const std::vector<Layer>& before) const;
    bool narrow(Layer& layer) const;
    [[nodiscard]] bool finishes(const State& state, const Front& front) const;
    [[nodiscard]] std::vector<Stage>
    backtrack(const std::vector<Layer>& layers, State state,
              const std::vector<std::optional<DeviceId>>& preferred) const;

    const StageSpace& m_space;
    const Problem& m_problem; ///< and what follows: of the space
    const CutSpace& m_cuts;
    const std::vector<DeviceId>& m_devices;
    const std::vector<std::vector<double>>& m_time;
    const std::vector<std::optional<std::size_t>>& m_twin;
    std::function<bool()> m_stopped;
    double m_threshold = 0;
    std::vector<std::vector<Bits>> m_ends;    ///< m_fits within the threshold
    std::vector<Bits> m_linkable;             ///< cuts that may cross from one device to another
    std::vector<Bits> m_fromSource, m_toSink; ///< single bits: cut 0 and the last cut
    std::vector<Bits> m_start,
        m_end; ///< cuts where a stage may begin or end and a walk still finishes
    std::int64_t m_steps = 0;
};

} // namespace millrace::plan
