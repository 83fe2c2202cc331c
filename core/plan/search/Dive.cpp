// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Dive.h"

#include "plan/search/Tuning.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace millrace::plan
{
namespace
{

/// What decides over the rest of a plan, without overlap nearly so.
std::tuple<std::size_t, std::size_t, std::set<std::size_t>> restOf(const Beginning& beginning)
{
    std::set<std::size_t> used;
    for (const StagePlace& stage : beginning.stages)
        used.insert(stage.device);
    return {beginning.stages.back().to, beginning.stages.back().device, std::move(used)};
}

} // namespace

Dive::Dive(const StageSpace& space, Pricing& pricing, const std::function<bool()>& stopped)
    : m_space(space), m_pricing(pricing), m_stopped(stopped)
{
}

LabelResult Dive::run(std::size_t kept, Random& random)
{
    const std::vector<double> prices = m_pricing.prices();
    m_result = {};
    std::vector<Node> nodes{{{}, prices, 0}};
    double rest = 1 - tuning::kFirstStretch + tuning::kSpread * (2 * random.unit() - 1);
    for (bool isFirst = true; !nodes.empty() && !m_stopped(); isFirst = false) {
        LabelOptions options;
        options.width = isFirst ? tuning::kFirstWidth * kept : tuning::kDiveWidth;
        options.kept = isFirst ? tuning::kFirstBeginnings * kept : tuning::kDiveBeginnings;
        if (rest > tuning::kLastStretch)
            options.until = 1 - rest;
        else
            options.kept = 0;
        nodes = lead(nodes, options);
        choose(nodes, kept);
        rest *= tuning::kShrink;
    }
    m_pricing.setBeginning({});
    m_pricing.restore(prices);
    return std::move(m_result);
}

/// By labels alone; what they come to, or nothing when they find a plan.
std::vector<Dive::Node> Dive::lead(const std::vector<Node>& nodes, const LabelOptions& options)
{
    std::vector<Node> onwards;
    for (const Node& node : nodes) {
        m_pricing.setBeginning(node.beginning);
        m_pricing.setPrices(node.prices);
        const bool isRefuted = m_pricing.evaluate(m_pricing.relaxation().threshold());
        if (m_stopped())
            return {};
        LabelResult found;
        if (isRefuted)
            found.verdict = Verdict::Refuted;
        else
            found = labelSearch(m_space, m_pricing.relaxation(), options, m_stopped);
        m_result.labels += found.labels;
        // What is refuted without a beginning is refuted for all plans.
        if (found.verdict == Verdict::Found ||
            (found.verdict == Verdict::Refuted && node.beginning.stages.empty())) {
            m_result.verdict = found.verdict;
            m_result.stages = std::move(found.stages);
            return {};
        }
        for (Beginning& beginning : found.beginnings)
            onwards.push_back({std::move(beginning), node.prices, 0});
    }
    return onwards;
}

/// Those whose rest is the easiest, by a closer look at some.
void Dive::choose(std::vector<Node>& nodes, std::size_t kept)
{
    price(nodes, 1);
    std::set<std::tuple<std::size_t, std::size_t, std::set<std::size_t>>> seen;
    std::erase_if(nodes,
                  [&](const Node& node) { return !seen.insert(restOf(node.beginning)).second; });
    nodes.resize(std::min(nodes.size(), tuning::kLookedAt * kept));
    price(nodes, tuning::kDivePasses);
    nodes.resize(std::min(nodes.size(), kept));
}

/// Leaves out those whose rest is refuted; the ones that leave most of the budget over come first.
void Dive::price(std::vector<Node>& nodes, int passes)
{
    const double threshold = m_pricing.relaxation().threshold();
    const std::int64_t before = m_pricing.relaxation().runs();
    std::vector<Node> left;
    for (Node& node : nodes) {
        m_pricing.setBeginning(node.beginning);
        m_pricing.setPrices(node.prices);
        if (m_stopped() || m_pricing.refute(threshold, passes, Pricing::kForRest))
            continue;
        node.prices = m_pricing.prices();
        node.excess = m_pricing.excessShare();
        left.push_back(std::move(node));
    }
    nodes = std::move(left);
    const std::size_t states = m_space.devices.size() * m_space.cuts.size();
    m_result.labels += (m_pricing.relaxation().runs() - before) *
                       static_cast<std::int64_t>(states / tuning::kStatesPerLabel);
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](const Node& a, const Node& b) { return a.excess < b.excess; });
}

} // namespace millrace::plan
