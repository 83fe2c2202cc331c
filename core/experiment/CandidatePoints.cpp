// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/CandidatePoints.h"

#include <algorithm>

namespace millrace::experiment
{

std::size_t CandidatePoints::segmentCount() const
{
    const auto last = std::max_element(segmentOf.begin(), segmentOf.end());
    return last == segmentOf.end() ? 0 : *last + 1;
}

CandidatePoints candidatePoints(const std::vector<std::vector<std::size_t>>& predecessors)
{
    const std::size_t count = predecessors.size();
    std::vector<std::size_t> level(count, 0);
    std::vector<std::size_t> layersAt(count, 0);
    for (std::size_t layer = 0; layer < count; ++layer) {
        for (const std::size_t before : predecessors[layer])
            level[layer] = std::max(level[layer], level[before] + 1);
        ++layersAt[level[layer]];
    }
    // Edges that pass over a level begin below it and end above: counted by differences.
    std::vector<std::ptrdiff_t> passing(count + 1, 0);
    for (std::size_t layer = 0; layer < count; ++layer)
        for (const std::size_t before : predecessors[layer]) {
            ++passing[level[before] + 1];
            --passing[level[layer]];
        }
    CandidatePoints result;
    std::vector<std::size_t> onlyAt(count, 0);
    for (std::size_t layer = 0; layer < count; ++layer)
        onlyAt[level[layer]] = layer;
    std::vector<std::size_t> segmentAt(count, 0);
    std::ptrdiff_t over = 0;
    for (std::size_t l = 0; l < count; ++l) {
        over += passing[l];
        segmentAt[l] = result.points.size();
        if (layersAt[l] == 1 && over == 0)
            result.points.push_back(onlyAt[l]);
    }
    for (std::size_t layer = 0; layer < count; ++layer)
        result.segmentOf.push_back(segmentAt[level[layer]]);
    return result;
}

} // namespace millrace::experiment
