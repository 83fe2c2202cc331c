// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/SensitivityReport.h"

#include "ctl/report/Table.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::ctl
{
namespace
{

using plan::Change;
using plan::Finding;
using plan::NothingBecause;
using plan::Status;

/// A change in words, with the names of the problem.
class Words
{
public:
    explicit Words(const plan::Problem& problem) : m_problem(problem) {}

    [[nodiscard]] std::string where(const Change& change) const
    {
        return std::visit(
            [this](const auto& c) {
                if constexpr (requires { c.device; })
                    return name(c.device);
                else
                    return fmt::format("{} > {}", name(c.from), name(c.to));
            },
            change);
    }
    [[nodiscard]] static std::string kind(const Change& change)
    {
        static constexpr const char* kKinds[] = {"more memory", "more speed", "more bandwidth",
                                                 "without", "switched on"};
        return kKinds[change.index()];
    }
    [[nodiscard]] std::string step(const Change& change) const
    {
        if (const auto* memory = std::get_if<plan::MoreMemory>(&change))
            return fmt::format("+{}", formatBytes(memory->by));
        if (const auto* speed = std::get_if<plan::MoreSpeed>(&change))
            return fmt::format("{:.3g} times", speed->factor);
        if (const auto* link = std::get_if<plan::MoreBandwidth>(&change)) {
            const double now = m_problem.bandwidth.at(link->from, link->to).value;
            return formatBandwidth(BitsPerSecond{now * link->factor});
        }
        return {};
    }

private:
    [[nodiscard]] std::string name(DeviceId id) const
    {
        return printable(m_problem.devices[id.index()].name);
    }
    const plan::Problem& m_problem;
};

std::string because(NothingBecause why)
{
    switch (why) {
    case NothingBecause::BottleneckStays:
        return "the bottleneck stays where it is";
    case NothingBecause::AnotherAsSlow:
        return "in every plan another stage or link is as slow";
    case NothingBecause::NotUsed:
        return "the plan does not use it";
    case NothingBecause::OthersTakeOver:
        return "other devices do its work as well";
    case NothingBecause::StillNoPlan:
        return "there is still no plan";
    }
    return {};
}

std::string gainText(const plan::Solution& plan, const Finding& finding)
{
    if (finding.bottleneck == kNever)
        return "no plan";
    if (!plan.hasStages())
        return "feasible";
    const double gain = plan::gain(plan, finding);
    return fmt::format("{}{:+.3g} %", plan::isOpen(finding) ? "at least " : "", 100 * gain);
}

std::string throughputText(const Finding& finding)
{
    return finding.bottleneck < kNever ? fmt::format("{:.3g}", 1 / finding.bottleneck.value) : "-";
}

std::string table(const plan::Problem& problem, const plan::Solution& plan,
                  const std::vector<Finding>& findings)
{
    const Words words(problem);
    Table table({{"change"},
                 {"where"},
                 {"step", Align::Right},
                 {"throughput", Align::Right},
                 {"inferences/s", Align::Right}});
    const auto shown = plan::notable(plan, findings);
    for (const Finding& finding : shown)
        table.add({words.kind(finding.change), words.where(finding.change),
                   words.step(finding.change), gainText(plan, finding), throughputText(finding)});
    return shown.empty() ? "No single change does anything.\n" : table.text();
}

/// "more memory brings nothing for pi-3, nuc and 4 more: the bottleneck stays where it is"
std::string nothings(const plan::Problem& problem, const plan::Solution& plan,
                     const std::vector<Finding>& findings)
{
    constexpr std::size_t kMostNames = 6;
    const Words words(problem);
    std::map<std::pair<std::size_t, NothingBecause>, std::vector<Finding>> groups;
    for (const Finding& finding : plan::worthless(plan, findings))
        groups[{finding.change.index(), plan::whyNothing(plan, finding)}].push_back(finding);
    std::string text;
    for (const auto& [group, members] : groups) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < std::min(members.size(), kMostNames); ++i)
            names.push_back(words.where(members[i].change));
        const std::string more = members.size() > kMostNames
                                     ? fmt::format(" and {} more", members.size() - kMostNames)
                                     : "";
        const Change& change = members.front().change;
        const std::string all = fmt::format("{}{}", fmt::join(names, ", "), more);
        text += std::holds_alternative<plan::DeviceGone>(change)
                    ? fmt::format("losing {} costs nothing: {}\n", all, because(group.second))
                    : fmt::format("{} brings nothing for {}: {}\n", words.kind(change), all,
                                  because(group.second));
    }
    return text;
}

Json changeJson(const plan::Problem& problem, const Change& change)
{
    const auto name = [&problem](DeviceId id) { return problem.devices[id.index()].name; };
    if (const auto* memory = std::get_if<plan::MoreMemory>(&change))
        return {
            {"change", "memory"}, {"device", name(memory->device)}, {"by_bytes", memory->by.value}};
    if (const auto* speed = std::get_if<plan::MoreSpeed>(&change))
        return {{"change", "speed"}, {"device", name(speed->device)}, {"factor", speed->factor}};
    if (const auto* link = std::get_if<plan::MoreBandwidth>(&change))
        return {{"change", "bandwidth"},
                {"from", name(link->from)},
                {"to", name(link->to)},
                {"factor", link->factor}};
    if (const auto* gone = std::get_if<plan::DeviceGone>(&change))
        return {{"change", "gone"}, {"device", name(gone->device)}};
    return {{"change", "back"}, {"device", name(std::get<plan::DeviceBack>(change).device)}};
}

} // namespace

Json sensitivityJson(const plan::Problem& problem, const plan::Solution& plan,
                     const std::vector<Finding>& findings)
{
    const auto finite = [](double value) { return std::isfinite(value) ? Json(value) : nullptr; };
    Json list = Json::array();
    for (const Finding& finding : findings) {
        Json json = changeJson(problem, finding.change);
        const bool isPlan = finding.bottleneck < kNever;
        json["status"] = plan::name(finding.status);
        json["bottleneck_s"] = finite(finding.bottleneck.value);
        json["lower_bound_s"] = finite(finding.lowerBound.value);
        json["throughput_per_s"] = isPlan ? finite(1 / finding.bottleneck.value) : nullptr;
        // Of a lost device nothing is known before a plan without it is.
        const bool known = !plan::isOpen(finding) || isPlan;
        json["gain"] = known ? finite(plan::gain(plan, finding)) : nullptr;
        list.push_back(std::move(json));
    }
    return list;
}

std::string sensitivityText(const plan::Problem& problem, const plan::Solution& plan,
                            const std::vector<Finding>& findings)
{
    std::string text = plan.hasStages() ? "What one change would bring, everything planned anew:\n"
                                        : "What one change would make feasible:\n";
    text += table(problem, plan, findings) + nothings(problem, plan, findings);
    const auto open = std::count_if(findings.begin(), findings.end(), plan::isOpen);
    if (open > 0)
        text += fmt::format("{} of {} changes are not settled; give them more time with "
                            "--time-limit, or less to prove with --gap.\n",
                            open, findings.size());
    if (plan.hasStages() && plan.status != Status::Optimal)
        text += "The plan is not proven optimal: some of a gain may be due to the longer search.\n";
    return text;
}

} // namespace millrace::ctl
