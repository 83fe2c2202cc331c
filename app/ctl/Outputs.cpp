// SPDX-License-Identifier: GPL-3.0-or-later
#include "Outputs.h"

#include "Table.h"
#include "base/File.h"

namespace millrace::ctl
{

using inference::NamedTensor;

Result<void> checkFits(const onnx::Port& port, const inference::Tensor& tensor)
{
    if (tensor.dtype == port.dtype && tensor.shape == port.shape)
        return {};
    return fail(ErrorCode::InvalidArgument,
                "--input: {} must be {} of shape [{}]; the file holds {} of shape [{}]", port.name,
                graph::name(port.dtype), fmt::join(port.shape, ", "), graph::name(tensor.dtype),
                fmt::join(tensor.shape, ", "));
}

Json outputsJson(const std::vector<NamedTensor>& outputs)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < outputs.size(); ++i)
        list.push_back({{"index", i},
                        {"name", outputs[i].name},
                        {"dtype", std::string(graph::name(outputs[i].tensor.dtype))},
                        {"shape", outputs[i].tensor.shape}});
    return list;
}

Result<void> writeOutputs(const std::filesystem::path& folder,
                          const std::vector<NamedTensor>& outputs)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}", folder.string(),
                    error.message());
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (auto ok = inference::writeNpy(folder / fmt::format("{}.npy", i), outputs[i].tensor);
            !ok)
            return ok;
    return writeFileAtomically(folder / "outputs.json", dumped(outputsJson(outputs)));
}

std::string outputsText(const std::vector<NamedTensor>& outputs,
                        const std::optional<std::filesystem::path>& folder)
{
    Table table({{"#", Align::Right}, {"output"}, {"type"}, {"shape"}});
    for (std::size_t i = 0; i < outputs.size(); ++i)
        table.add({std::to_string(i), outputs[i].name,
                   std::string(graph::name(outputs[i].tensor.dtype)),
                   fmt::format("[{}]", fmt::join(outputs[i].tensor.shape, ", "))});
    return table.text() + (folder ? fmt::format("\nThe outputs are in {}.\n", folder->string())
                                  : "\nThe outputs were not kept; -o OUTDIR writes them.\n");
}

} // namespace millrace::ctl
