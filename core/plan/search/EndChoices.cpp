// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/EndChoices.h"

#include "plan/search/Tuning.h"

#include <algorithm>

namespace millrace::plan
{
EndChoices::EndChoices(const StageSpace& space, const WalkRelaxation& relaxation)
    : m_space(space), m_relaxation(relaxation), m_reach(relaxation.reach()),
      m_mayEndLater(space.problem.overlap == Overlap::Yes && !relaxation.hasMoves()),
      m_isStrict(space.isSliding || !m_reach.isSliding()), m_scan(space, m_reach),
      m_rows(space.devices.size())
{
}

void EndChoices::moveTo(std::size_t cut, Price paid)
{
    m_cut = cut;
    m_paid = paid;
    for (Row& row : m_rows)
        row.isFilled = false;
    if (!m_reach.isSliding())
        m_scan.moveTo(cut);
}

const std::vector<EndChoices::Choice>& EndChoices::of(std::size_t device)
{
    Row& row = m_rows[device];
    if (row.isFilled)
        return row.ends;
    row.isFilled = true;
    row.ends.clear();
    m_later.clear();
    if (m_reach.isSliding()) {
        for (std::size_t to = m_reach.furthest(device, m_cut); to > m_cut; --to)
            consider(device, to, row);
        return row.ends;
    }
    const Price left = m_relaxation.budget() - m_paid - m_relaxation.entry(device) +
                       m_relaxation.moved(device, 0, m_cut);
    m_scan.each(
        device, m_relaxation.leastAfter(device), [&](Price value) { return value <= left; },
        [&](std::size_t to) {
            const Price after =
                m_relaxation.costAfter(to, device) + m_relaxation.moved(device, 0, to);
            if (after <= left && m_scan.isEnd(device, to))
                consider(device, to, row);
        });
    std::stable_sort(row.ends.begin(), row.ends.end(),
                     [](const Choice& a, const Choice& b) { return a.after < b.after; });
    return row.ends;
}

void EndChoices::consider(std::size_t device, std::size_t to, Row& row)
{
    const Price after = m_relaxation.costAfter(to, device);
    if (after >= WalkRelaxation::kUnreachable || (!m_isStrict && !m_space.fits(device, m_cut, to)))
        return;
    Choice choice{static_cast<Cut>(to), 0, after + m_relaxation.moved(device, m_cut, to), {}};
    if (m_mayEndLater && !m_space.cuts.isChain())
        choice.alone = layerToTake(device, to);
    if (m_mayEndLater && !choice.alone)
        choice.before = laterWithNoMorePayload(to);
    if (choice.before == 0 || mayRelay(device, choice.before))
        row.ends.push_back(choice);
}

/// Whoever takes the layer later, unless alone, may leave it to this stage: payloads are
/// submodular, so none of the cuts between gets a larger one with the layer inside.
std::optional<LayerId> EndChoices::layerToTake(std::size_t device, std::size_t to) const
{
    for (const CutSpace::Growth& growth : m_space.cuts.growths(to))
        if (m_scan.isEnd(device, growth.to))
            return growth.layer;
    return {};
}

/// The nearest end behind this one, in a chain; any in other spaces. 0: none.
Cut EndChoices::laterWithNoMorePayload(std::size_t to)
{
    const double payload = m_space.payload[to];
    // Rising payloads towards the far end: what is larger and farther is never the nearest.
    while (m_space.cuts.isChain() && !m_later.empty() && m_space.payload[m_later.back()] > payload)
        m_later.pop_back();
    Cut found = 0;
    int looks = tuning::kMostLooks;
    for (auto later = m_later.rbegin(); later != m_later.rend() && found == 0 && looks-- > 0;
         ++later)
        if (m_space.payload[*later] <= payload && m_space.cuts.isAbove(*later, to))
            found = *later;
    m_later.push_back(static_cast<Cut>(to));
    return found;
}

/// Whether there is any device to relay to: one the device does not reach at that cut itself.
bool EndChoices::mayRelay(std::size_t device, Cut before) const
{
    if (m_space.problem.stages.min > 1)
        return true;
    if (before + 1U == m_space.cuts.size())
        return !m_reach.endsAtSink(device);
    for (std::size_t d = 0; d < m_space.devices.size(); ++d)
        if (d != device && !m_reach.linkable(device, d, before))
            return true;
    return false;
}

} // namespace millrace::plan
