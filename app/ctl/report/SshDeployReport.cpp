// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/SshDeployReport.h"

#include "ctl/report/ReleaseReport.h"
#include "ctl/report/Table.h"
#include "work/Places.h"

namespace millrace::ctl
{
namespace
{

Bytes sum(const std::vector<deploy::PayloadFile>& files, deploy::PayloadKind kind)
{
    Bytes bytes;
    for (const deploy::PayloadFile& file : files)
        bytes += file.kind == kind ? file.size : Bytes{};
    return bytes;
}

/// The bottleneck by its place, as people look for it.
Json bottleneckJson(const deploy::Release& release)
{
    const plan::Bottleneck& bottleneck = release.plan.pipelines.front().bottleneck;
    Json json = {{"kind", bottleneck.kind == plan::BottleneckKind::Transfer  ? "transfer"
                          : bottleneck.kind == plan::BottleneckKind::Compute ? "compute"
                                                                             : "stage"},
                 {"index", bottleneck.index},
                 {"seconds", release.plan.bottleneckTime.value}};
    if (bottleneck.kind == plan::BottleneckKind::Transfer) {
        const work::HopEnds ends = work::endsOf(release, {PipelineId(), bottleneck.index});
        json["from"] = work::deviceOf(ends.from);
        json["to"] = work::deviceOf(ends.to);
    } else {
        json["device"] = work::deviceOf(deploy::nodeOf(release, {PipelineId(), bottleneck.index}));
    }
    return json;
}

Json deployedJson(const deploy::Release& release)
{
    Json json = releaseJson(release);
    json["bottleneck"] = bottleneckJson(release);
    return json;
}

/// Nodes as rows of both documents.
class NodeRows
{
public:
    explicit NodeRows(const deploy::Release& release) : m_release(release) {}
    void add(std::size_t n, Bytes model, Bytes program, const std::string& last, const Json& more)
    {
        const deploy::ReleaseNode& node = m_release.nodes[n];
        Json row = nodeJson(m_release, n);
        row["model_bytes"] = model.value;
        row["program_bytes"] = program.value;
        row.update(more);
        m_json.push_back(std::move(row));
        m_table.add({node.name, node.device,
                     fmt::format("{}:{}", node.endpoint.address, node.endpoint.port),
                     formatBytes(model), formatBytes(program), last});
        m_model += model;
        m_program += program;
    }
    [[nodiscard]] Bytes sum() const { return m_model + m_program; }
    void into(Json& json) const
    {
        json["model_bytes"] = m_model.value;
        json["program_bytes"] = m_program.value;
        json["nodes"] = m_json;
    }
    [[nodiscard]] std::string text() const { return m_table.text(); }

private:
    const deploy::Release& m_release;
    Json m_json = Json::array();
    Table m_table{{{"node"},
                   {"device"},
                   {"address"},
                   {"model", Align::Right},
                   {"programs", Align::Right},
                   {""}}};
    Bytes m_model, m_program;
};

} // namespace

Report sshDeployReport(const deploy::Outcome& outcome)
{
    const deploy::Release& release = outcome.release;
    NodeRows rows(release);
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = release.nodes[n];
        const deploy::NodeTransfer& sent = outcome.transfers.at(node.name);
        const bool isStarted = outcome.started.contains(node.name);
        rows.add(n, sent.model, sent.program, isStarted ? "started" : "ran already",
                 {{"pid", node.process.pid}, {"started", isStarted}});
    }
    Json json = deployedJson(release);
    json["reused"] = outcome.isReused;
    json["notes"] = outcome.notes;
    rows.into(json);
    Report report;
    report.json = dumped(json);
    report.text = fmt::format("Release {} serves{}; {:.3g} inferences/s predicted, {} sent.\n\n{}",
                              release.id, outcome.isReused ? " (as it was deployed before)" : "",
                              release.plan.throughput(), formatBytes(rows.sum()), rows.text());
    report.text += notesText(outcome.notes);
    return report;
}

Report sshDraftReport(const deploy::Draft& draft, bool isReused)
{
    const deploy::Release& release = draft.release;
    NodeRows rows(release);
    Json starts = Json::array();
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::DraftNode& node = draft.nodes[n];
        const std::string folder = deploy::nodeFolder(release, release.nodes[n]).string();
        if (!node.isRunning)
            starts.push_back(release.nodes[n].name);
        rows.add(n, sum(node.missing, deploy::PayloadKind::Model),
                 sum(node.missing, deploy::PayloadKind::Program), folder,
                 {{"command", node.command}});
    }
    Json json = deployedJson(release);
    json["dry_run"] = true;
    json["reused"] = isReused;
    json["starts"] = std::move(starts);
    rows.into(json);
    Report report;
    report.json = dumped(json);
    report.text =
        isReused
            ? fmt::format("Release {} is this deployment; nothing would be sent.\n\n", release.id)
            : fmt::format("{} would be sent and {} programs started.\n\n", formatBytes(rows.sum()),
                          release.nodes.size());
    report.text += rows.text();
    return report;
}

} // namespace millrace::ctl
