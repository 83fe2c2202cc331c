// SPDX-License-Identifier: GPL-3.0-or-later
#include "ReleaseReport.h"
#include "Table.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

constexpr std::chrono::milliseconds kLimit{2000};
constexpr std::uint64_t kAllEvents = 0;

/// What can be known of a release from here: its processes, and what its gateway says.
struct Known {
    deploy::Release release;
    std::optional<runtime::LiveStatus> live;
    std::string unreachable; ///< why there is no `live`

    /// Other machines' processes are known through the gateway only.
    [[nodiscard]] bool isAlive(std::size_t node) const
    {
        return release.kind == deploy::ReleaseKind::Local ? deploy::isAlive(release.nodes[node])
                                                          : live.has_value();
    }
    [[nodiscard]] bool isUp(std::size_t node) const
    {
        const bool isAlive = this->isAlive(node);
        if (node + 1 == release.nodes.size())
            return isAlive && live;
        return isAlive && live && node < live->stages.size() && live->stages[node].up;
    }
    [[nodiscard]] bool allUp() const
    {
        for (std::size_t node = 0; node < release.nodes.size(); ++node)
            if (!isUp(node))
                return false;
        return true;
    }
    [[nodiscard]] bool isGone() const
    {
        return release.kind == deploy::ReleaseKind::Local &&
               std::none_of(release.nodes.begin(), release.nodes.end(),
                            [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); });
    }
};

Known ask(deploy::Release release, const std::stop_token& stop)
{
    Known known{std::move(release), {}, {}};
    const auto address = deploy::gatewayAddress(known.release);
    auto status = address ? runtime::StatusClient::connect(*address, kLimit, stop)
                                .and_then([&](runtime::StatusClient client) {
                                    return client.status(kAllEvents, stop);
                                })
                          : tl::unexpected(address.error());
    if (status)
        known.live = std::move(*status);
    else
        known.unreachable = status.error().message;
    return known;
}

std::string stateOf(const Known& known)
{
    if (known.release.standing == deploy::Standing::Replaced)
        return "replaced";
    if (known.isGone())
        return "down";
    if (!known.live)
        return "unreachable";
    switch (known.live->state) {
    case runtime::ServiceState::Starting:
        return "starting";
    case runtime::ServiceState::Serving:
        // A process that has just ended is known here before the gateway has missed it.
        return known.allUp() ? "serving" : "interrupted";
    case runtime::ServiceState::Interrupted:
        return "interrupted";
    case runtime::ServiceState::Draining:
        return "draining";
    }
    return "unreachable";
}

/// What does not run, in words; empty when all of it does.
std::string nodesDown(const Known& known)
{
    if (known.isGone())
        return "all its processes are gone; deploy it again or undeploy it";
    std::vector<std::string> down;
    for (std::size_t n = 0; n < known.release.nodes.size(); ++n)
        if (!known.isUp(n))
            down.push_back(known.release.nodes[n].name + " on " + known.release.nodes[n].device);
    if (down.empty())
        return {};
    return fmt::format("{} {} down; deploy it again to start what is missing",
                       fmt::join(down, ", "), down.size() == 1 ? "is" : "are");
}

Json nodeJson(const Known& known, std::size_t n)
{
    const deploy::ReleaseNode& node = known.release.nodes[n];
    return {{"device", node.device},
            {"up", known.isUp(n)},
            {"alive", known.isAlive(n)},
            {"pid", node.process.pid},
            {"port", node.endpoint.port}};
}

Json stageJson(const Known& known, std::size_t k)
{
    Json json = {{"stage", k + 1}};
    json.update(nodeJson(known, k));
    const plan::Stage& planned = known.release.plan.stages()[k].stage;
    json["predicted_s"] = planned.compute.value;
    json["predicted_memory_bytes"] = planned.memory.value;
    if (known.live && k < known.live->stages.size()) {
        const runtime::StageMetrics& metrics = known.live->stages[k].metrics;
        json["measured_s"] =
            metrics.compute.count == 0 ? Json(nullptr) : Json(metrics.compute.mean());
        json["computed"] = metrics.computed;
        json["peak_memory_bytes"] = metrics.peakMemory.value;
        json["refused_connections"] = metrics.refusedConnections;
    }
    return json;
}

Json statusJson(const Known& known, const std::vector<std::string>& others)
{
    const deploy::Release& release = known.release;
    Json json = {{"release", release.id},
                 {"state", stateOf(known)},
                 {"folder", release.folder.string()},
                 {"created_at", release.createdAt},
                 {"dilation", release.dilation},
                 {"predicted_throughput_per_s", release.plan.throughput()}};
    if (known.live) {
        const runtime::LiveStatus& live = *known.live;
        json.update(Json{{"throughput_per_s", live.throughput},
                         {"accepted", live.accepted},
                         {"answered", live.answered},
                         {"failed", live.failed},
                         {"lost", live.lost},
                         {"in_flight", live.inFlight},
                         {"resent", live.resent},
                         {"latency_p50_s", live.latency.p50},
                         {"latency_p95_s", live.latency.p95},
                         {"latency_p99_s", live.latency.p99}});
    }
    json["gateway"] = nodeJson(known, release.nodes.size() - 1);
    json["stages"] = Json::array();
    for (std::size_t k = 0; k < release.plan.stageCount(); ++k)
        json["stages"].push_back(stageJson(known, k));
    json["events"] = Json::array();
    if (known.live)
        for (const runtime::Event& event : known.live->events)
            json["events"].push_back(
                {{"number", event.number}, {"at", event.at}, {"text", event.text}});
    json["others"] = others;
    return json;
}

std::string nodesTable(const Known& known)
{
    Table table({{"node"},
                 {"device"},
                 {""},
                 {"predicted", Align::Right},
                 {"measured", Align::Right},
                 {"memory", Align::Right},
                 {"process", Align::Right}});
    for (std::size_t n = 0; n < known.release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = known.release.nodes[n];
        std::string predicted = "-";
        std::string measured = "-";
        std::string memory = "-";
        if (n < known.release.plan.stageCount()) {
            predicted = formatDuration(known.release.plan.stages()[n].stage.compute);
            if (known.live && n < known.live->stages.size()) {
                const runtime::StageMetrics& metrics = known.live->stages[n].metrics;
                if (metrics.compute.count > 0)
                    measured = formatDuration(Seconds{metrics.compute.mean()});
                memory = formatBytes(metrics.peakMemory);
            }
        } else if (known.live) {
            memory = formatBytes(known.live->gatewayPeakMemory);
        }
        table.add({node.name, node.device, known.isUp(n) ? "up" : "DOWN", predicted, measured,
                   memory, known.isAlive(n) ? std::to_string(node.process.pid) : "gone"});
    }
    return table.text();
}

std::string statusText(const Known& known, const std::vector<std::string>& others)
{
    const deploy::Release& release = known.release;
    std::string text = fmt::format("Release {}: {}\n", release.id, stateOf(known));
    if (known.isGone())
        text += fmt::format("All its processes are gone. Deploy it again to start them, or remove "
                            "it: millracectl undeploy {}\n",
                            release.id);
    else if (!known.live)
        text += fmt::format("The gateway does not answer: {}\n", printable(known.unreachable));
    else
        text += fmt::format("{:.3g} inferences/s now, {:.3g} predicted; {} answered, {} in flight, "
                            "{} failed\n",
                            known.live->throughput, release.plan.throughput(), known.live->answered,
                            known.live->inFlight, known.live->failed);
    text += "\n" + nodesTable(known);
    if (!others.empty())
        text += fmt::format("\nOther releases here: {}\n", fmt::join(others, ", "));
    return text;
}

Result<Report> status(const std::string& id, const Context& context)
{
    auto release = deploy::findRelease(id);
    if (!release)
        return tl::unexpected(release.error());
    std::vector<std::string> others;
    for (const deploy::ReleaseHeader& other : deploy::releaseHeaders())
        if (other.id != release->id)
            others.push_back(other.id);
    const Known known = ask(std::move(*release), context.stop);
    Report report;
    report.json = dumped(statusJson(known, others));
    report.text = statusText(known, others);
    if (const std::string down = nodesDown(known); !down.empty()) {
        report.code = ExitCode::Failure;
        report.error = fmt::format("release {} is {}: {}", known.release.id, stateOf(known), down);
    }
    return report;
}

} // namespace

void addStatus(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand("status", "Say how a release is, stage by stage");
    const auto id = std::make_shared<std::string>();
    command->add_option("RELEASE", *id, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    command->callback([id, &chosen] {
        chosen.action = [id](const Context& context) { return status(*id, context); };
    });
}

} // namespace millrace::ctl
