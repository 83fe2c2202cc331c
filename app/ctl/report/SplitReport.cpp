// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/SplitReport.h"

#include "ctl/report/Table.h"

namespace millrace::ctl
{
namespace
{

std::string portNames(const std::vector<onnx::Port>& ports)
{
    std::vector<std::string> names;
    for (const onnx::Port& port : ports)
        names.push_back(port.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

Report splitReport(const onnx::Manifest& manifest, const std::vector<std::vector<LayerId>>& layers,
                   const std::string& folder)
{
    Report report;
    report.json = onnx::writeManifest(manifest);
    Table table({{"file"}, {"layers", Align::Right}, {"takes"}, {"gives"}});
    for (std::size_t k = 0; k < manifest.stages.size(); ++k) {
        const onnx::StageFile& stage = manifest.stages[k];
        table.add({stage.file, std::to_string(layers[k].size()), portNames(stage.inputs),
                   portNames(stage.outputs)});
    }
    report.text =
        fmt::format("{} stages in {}\n\n{}", manifest.stages.size(), folder, table.text());
    return report;
}

} // namespace millrace::ctl
