// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"

#include "base/File.h"

namespace millrace::ctl
{

tl::unexpected<Error> badInput(Error error)
{
    if (error.code == ErrorCode::Io)
        error.code = ErrorCode::NotFound;
    return tl::unexpected(std::move(error));
}

Result<void> checkOutput(const std::filesystem::path& output,
                         const std::vector<std::filesystem::path>& others)
{
    std::error_code ignored;
    for (const std::filesystem::path& other : others)
        if (output == other || std::filesystem::equivalent(output, other, ignored))
            return fail(ErrorCode::InvalidArgument,
                        "{}: this command reads or writes the file for something else, too; name "
                        "another one",
                        output.string());
    if (std::filesystem::is_directory(output, ignored))
        return fail(ErrorCode::Io, "{}: is a folder; name a file in it", output.string());
    const auto folder = output.has_parent_path() ? output.parent_path() : ".";
    if (!std::filesystem::is_directory(folder, ignored))
        return fail(ErrorCode::Io, "{}: there is no folder {}; make it first", output.string(),
                    folder.string());
    return {};
}

Result<onnx::Model> loadModel(const std::filesystem::path& path, const Dims& dims,
                              const Context& context)
{
    return work::openModel({path, dims}, context.stop, context.progress);
}

Result<std::string> readInput(const std::filesystem::path& path)
{
    auto text = readFile(path);
    if (!text)
        return badInput(text.error());
    return text;
}

Result<cluster::Cluster> readClusterInput(const std::filesystem::path& path)
{
    auto cluster = cluster::readCluster(path);
    if (!cluster)
        return badInput(cluster.error());
    return cluster;
}

std::vector<std::string> deviceNames(const cluster::Cluster& cluster)
{
    std::vector<std::string> names;
    for (const cluster::Device& device : cluster.devices)
        names.push_back(device.name);
    return names;
}

} // namespace millrace::ctl
