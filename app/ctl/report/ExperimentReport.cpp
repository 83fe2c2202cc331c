// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/ExperimentReport.h"

#include "ctl/report/Table.h"

#include <array>
#include <optional>

namespace millrace::ctl
{
namespace
{

using experiment::Arithmetic;
using experiment::Cell;

std::string figure(std::optional<double> seconds)
{
    return seconds ? fmt::format("{:.4g}", *seconds) : "";
}

/// One cell's figures; the published ones only beside the published arithmetic.
struct Line {
    explicit Line(const Cell& cell)
    {
        if (cell.mean) {
            ours = {cell.mean->exact, cell.mean->kpath, cell.mean->greedy, cell.mean->random};
            for (std::size_t a = 1; a < ours.size(); ++a)
                ratios.push_back(*ours[a] / cell.mean->exact);
        }
        const auto means = experiment::publishedMeans(cell.model, cell.capMib, cell.nodes);
        if (means && cell.arithmetic == Arithmetic::Paper)
            published = {means->kpath, means->greedy, means->random};
        ours.resize(4);
        ratios.resize(3);
        published.resize(3);
    }
    std::vector<std::optional<double>> ours, ratios, published;
};

Json toJson(const std::vector<Cell>& cells)
{
    Json list = Json::array();
    for (const Cell& cell : cells) {
        const Line line(cell);
        const auto mean = [&line](std::size_t a) {
            return line.ours[a] ? Json(*line.ours[a]) : Json(nullptr);
        };
        list.push_back(
            {{"model", cell.model},
             {"cap_mb", cell.capMib},
             {"nodes", cell.nodes},
             {"arithmetic", std::string(experiment::name(cell.arithmetic))},
             {"trials", cell.trials},
             {"infeasible", cell.infeasible},
             {"one_node", cell.oneNode},
             {"mean_s",
              {{"exact", mean(0)}, {"kpath", mean(1)}, {"greedy", mean(2)}, {"random", mean(3)}}}});
    }
    return {{"cells", std::move(list)}};
}

std::string toTable(const std::vector<Cell>& cells, Arithmetic arithmetic)
{
    const bool published = arithmetic == Arithmetic::Paper;
    std::vector<Column> columns = {{"model"}, {"MiB", Align::Right}, {"nodes", Align::Right}};
    for (const char* title :
         {"exact", "kpath", "greedy", "random", "kpath/x", "greedy/x", "random/x"})
        columns.push_back({title, Align::Right});
    for (const char* title : {"publ. kpath", "publ. greedy", "publ. random"})
        if (published)
            columns.push_back({title, Align::Right});
    columns.push_back({""});
    Table table(columns);
    for (const Cell& cell : cells) {
        if (cell.arithmetic != arithmetic || !cell.mean)
            continue;
        const Line line(cell);
        std::vector<std::string> row = {cell.model, std::to_string(cell.capMib),
                                        std::to_string(cell.nodes)};
        for (const auto* figures : {&line.ours, &line.ratios, &line.published})
            for (const auto& value : *figures)
                if (published || figures != &line.published)
                    row.push_back(figure(value));
        if (cell.unproven > 0)
            row.push_back(fmt::format("{} not proven", cell.unproven));
        table.add(std::move(row));
    }
    return table.text();
}

/// Cells without a mean, apart.
std::string apart(const std::vector<Cell>& cells, Arithmetic arithmetic, int Cell::*count)
{
    std::vector<std::string> names;
    for (const Cell& cell : cells)
        if (cell.arithmetic == arithmetic && cell.*count == cell.trials)
            names.push_back(fmt::format("{} {} MiB n={}", cell.model, cell.capMib, cell.nodes));
    return fmt::format("{}: {}", names.size(),
                       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

std::string toText(const std::vector<Cell>& cells)
{
    std::string text;
    for (const Arithmetic arithmetic : {Arithmetic::Paper, Arithmetic::Honest}) {
        text += fmt::format("Mean bottleneck in seconds, {} arithmetic\n\n{}\n",
                            experiment::name(arithmetic), toTable(cells, arithmetic));
        text += fmt::format("Infeasible cells {}\n", apart(cells, arithmetic, &Cell::infeasible));
        text +=
            fmt::format("Cells that fit one node {}\n\n", apart(cells, arithmetic, &Cell::oneNode));
    }
    return text +
           "note: InceptionResNetV2 at 128 MiB is published with a partition kept from 64 MiB; "
           "ours is made for its own cap.\n"
           "note: the paper arithmetic counts the segment behind a cut on neither side and lets "
           "random stages\noutgrow their memory, as published; the honest one does neither.\n";
}

} // namespace

std::string experimentCsv(const std::vector<Cell>& cells)
{
    std::string text = "model,cap_mb,nodes,arithmetic,trials,infeasible,one_node,unproven,exact_s,"
                       "kpath_s,greedy_s,random_s,published_kpath_s,published_greedy_s,"
                       "published_random_s\n";
    for (const Cell& cell : cells) {
        const Line line(cell);
        text += fmt::format("{},{},{},{},{},{},{},{}", cell.model, cell.capMib, cell.nodes,
                            experiment::name(cell.arithmetic), cell.trials, cell.infeasible,
                            cell.oneNode, cell.unproven);
        for (const auto* figures : {&line.ours, &line.published})
            for (const auto& seconds : *figures)
                text += seconds ? fmt::format(",{}", *seconds) : ",";
        text += "\n";
    }
    return text;
}

Report experimentReport(const std::vector<Cell>& cells)
{
    Report report;
    report.json = dumped(toJson(cells));
    report.text = toText(cells);
    return report;
}

} // namespace millrace::ctl
