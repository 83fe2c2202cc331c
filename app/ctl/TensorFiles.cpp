// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/TensorFiles.h"

#include "base/File.h"
#include "ctl/report/OutputsReport.h"

#include <algorithm>

namespace millrace::ctl
{

const onnx::Port* findPort(const std::vector<onnx::Port>& ports, const std::string& name)
{
    const auto found = std::find_if(ports.begin(), ports.end(),
                                    [&name](const onnx::Port& port) { return port.name == name; });
    return found == ports.end() ? nullptr : &*found;
}

std::string portNames(const std::vector<onnx::Port>& ports)
{
    std::vector<std::string> all;
    for (const onnx::Port& port : ports)
        all.push_back(port.name);
    return fmt::format("{}", fmt::join(all, ", "));
}

Result<void> checkFits(const onnx::Port& port, const inference::Tensor& tensor)
{
    if (tensor.dtype == port.dtype && tensor.shape == port.shape)
        return {};
    return fail(ErrorCode::InvalidArgument,
                "--input: {} must be {} of shape [{}]; the file holds {} of shape [{}]", port.name,
                graph::name(port.dtype), fmt::join(port.shape, ", "), graph::name(tensor.dtype),
                fmt::join(tensor.shape, ", "));
}

Result<void> writeOutputs(const std::filesystem::path& folder,
                          const std::vector<inference::NamedTensor>& outputs)
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

} // namespace millrace::ctl
