// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/OutputsReport.h"

#include "ctl/report/Table.h"

namespace millrace::ctl
{
namespace
{

std::string outputsText(const Tensors& outputs, const std::optional<std::string>& folder)
{
    Table table({{"#", Align::Right}, {"output"}, {"type"}, {"shape"}});
    for (std::size_t i = 0; i < outputs.size(); ++i)
        table.add({std::to_string(i), outputs[i].name,
                   std::string(graph::name(outputs[i].tensor.dtype)),
                   fmt::format("[{}]", fmt::join(outputs[i].tensor.shape, ", "))});
    return table.text() + (folder ? fmt::format("\nThe outputs are in {}.\n", *folder)
                                  : "\nThe outputs were not kept; -o OUTDIR writes them.\n");
}

Json folderJson(const std::optional<std::string>& folder)
{
    return folder ? Json(*folder) : Json(nullptr);
}

} // namespace

Json outputsJson(const Tensors& outputs)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < outputs.size(); ++i)
        list.push_back({{"index", i},
                        {"name", outputs[i].name},
                        {"dtype", std::string(graph::name(outputs[i].tensor.dtype))},
                        {"shape", outputs[i].tensor.shape}});
    return list;
}

Report runReport(const Tensors& outputs, const std::optional<std::string>& folder)
{
    Report report;
    report.json = dumped({{"outputs", outputsJson(outputs)}, {"folder", folderJson(folder)}});
    report.text = outputsText(outputs, folder);
    return report;
}

Report inferReport(const std::string& release, const Inferred& inferred,
                   const std::optional<std::string>& folder)
{
    Report report;
    report.json = dumped({{"release", release},
                          {"outputs", outputsJson(inferred.outputs)},
                          {"folder", folderJson(folder)},
                          {"latency_s", inferred.latency.value}});
    report.text = fmt::format("Answered after {}.\n\n{}", formatDuration(inferred.latency),
                              outputsText(inferred.outputs, folder));
    return report;
}

} // namespace millrace::ctl
