// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelImpl.h"

#include <numeric>

namespace millrace::onnx
{
namespace
{

/// Disjoint sets of nodes, each led by its smallest member.
class Groups
{
public:
    explicit Groups(std::size_t count) : m_leader(count)
    {
        std::iota(m_leader.begin(), m_leader.end(), 0);
    }
    std::size_t leader(std::size_t node)
    {
        while (m_leader[node] != node)
            node = m_leader[node] = m_leader[m_leader[node]];
        return node;
    }
    /// False when they were together already.
    bool unite(std::size_t a, std::size_t b)
    {
        a = leader(a);
        b = leader(b);
        m_leader[std::max(a, b)] = std::min(a, b);
        return a != b;
    }

private:
    std::vector<std::size_t> m_leader;
};

using Edges = std::vector<std::vector<std::size_t>>;

/// Groups that can be reached from `start` by at least one edge that leaves it.
std::vector<bool> reachable(std::size_t start, const Edges& edges, Groups& groups,
                            const std::vector<std::vector<std::size_t>>& members)
{
    std::vector<bool> seen(edges.size(), false);
    std::vector<std::size_t> open{start};
    while (!open.empty()) {
        const std::size_t group = open.back();
        open.pop_back();
        for (const std::size_t member : members[group])
            for (const std::size_t next : edges[member]) {
                const std::size_t other = groups.leader(next);
                if (other == start || seen[other])
                    continue;
                seen[other] = true;
                open.push_back(other);
            }
    }
    return seen;
}

std::vector<std::vector<std::size_t>> membersByLeader(Groups& groups, std::size_t count)
{
    std::vector<std::vector<std::size_t>> members(count);
    for (std::size_t node = 0; node < count; ++node)
        members[groups.leader(node)].push_back(node);
    return members;
}

/// Merges what lies on a path from a group back into it. Returns whether anything did.
bool mergePaths(Groups& groups, const Edges& forward, const Edges& backward)
{
    const auto members = membersByLeader(groups, forward.size());
    for (std::size_t group = 0; group < members.size(); ++group) {
        if (members[group].size() < 2)
            continue;
        const auto after = reachable(group, forward, groups, members);
        const auto before = reachable(group, backward, groups, members);
        bool merged = false;
        for (std::size_t other = 0; other < after.size(); ++other)
            if (after[other] && before[other])
                merged = groups.unite(group, other) || merged;
        if (merged)
            return true; // members have changed
    }
    return false;
}

} // namespace

std::vector<std::vector<int>> inseparableNodes(const pb::GraphProto& graph, const GraphIndex& index,
                                               const Facts& facts, const Constants& constants)
{
    const auto count = static_cast<std::size_t>(graph.node_size());
    Groups groups(count);
    Edges forward(count);
    Edges backward(count);
    std::map<std::string, std::size_t> firstReader; // of inputs that are no dense tensors
    for (std::size_t node = 0; node < count; ++node) {
        if (constants.isNode[node])
            continue;
        for (const std::string& value : index.reads[node]) {
            if (constants.values.contains(value))
                continue;
            const bool isDense = facts.at(value).isDense();
            const auto producer = index.producer.find(value);
            if (producer == index.producer.end()) {
                if (!isDense)
                    groups.unite(firstReader.emplace(value, node).first->second, node);
                continue;
            }
            const auto maker = static_cast<std::size_t>(producer->second);
            forward[maker].push_back(node);
            backward[node].push_back(maker);
            if (!isDense)
                groups.unite(maker, node);
        }
    }
    while (mergePaths(groups, forward, backward))
        ;
    std::vector<std::vector<int>> result;
    for (const auto& members : membersByLeader(groups, count)) {
        if (members.empty() || constants.isNode[members.front()])
            continue;
        result.emplace_back(members.begin(), members.end());
    }
    return result;
}

} // namespace millrace::onnx
