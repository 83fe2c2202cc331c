// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/OpenPlan.h"

#include "base/File.h"

namespace millrace::work
{
namespace
{

/// A folder or an unreadable file that the operator named is bad input, not a failing machine.
Error asInput(Error error)
{
    if (error.code == ErrorCode::Io)
        error.code = ErrorCode::NotFound;
    return error;
}

} // namespace

Result<plan::Plan> readPlan(const std::filesystem::path& file,
                            const std::vector<std::string>& deviceNames)
{
    const auto text = readFile(file);
    if (!text)
        return tl::unexpected(asInput(text.error()));
    return plan::parsePlan(*text, file.string(), deviceNames);
}

Result<onnx::Model> openModelOf(const plan::PlanRecord& plan, const std::string& planFile,
                                const ModelFile& file, std::stop_token stop, ProgressSink& progress)
{
    Dims dims = plan.dims;
    for (const auto& [name, size] : file.dims)
        dims[name] = size;
    auto model = openModel({file.path, std::move(dims)}, std::move(stop), progress);
    if (!model)
        return model;
    if (const auto ok = sameModel(*model, plan.modelSha256, planFile); !ok)
        return tl::unexpected(ok.error());
    return model;
}

Result<onnx::Model> openModel(const ModelFile& file, std::stop_token stop, ProgressSink& progress)
{
    auto model = onnx::load(file.path, {file.dims}, std::move(stop), progress);
    if (!model)
        return tl::unexpected(asInput(model.error()));
    return model;
}

Result<void> sameModel(const onnx::Model& model, const std::string& planSha256,
                       const std::string& planFile)
{
    if (planSha256 == model.sha256())
        return {};
    return fail(ErrorCode::InvalidArgument,
                "{}: the plan is of another model (SHA-256 {:.12}..., {} has {:.12}...); plan this "
                "model, or name the other one",
                planFile, planSha256, model.path().string(), model.sha256());
}

bool isWithoutOverlap(const plan::Solution& plan)
{
    return !plan.pipelines.empty() &&
           plan.pipelines.front().bottleneck.kind == plan::BottleneckKind::Stage;
}

} // namespace millrace::work
