// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/report/SplitReport.h"
#include "work/OpenPlan.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path model, plan, folder;
    Dims dims;
};

Result<plan::PlanOutline> readOutline(const std::filesystem::path& path)
{
    const auto text = readInput(path);
    if (!text)
        return tl::unexpected(text.error());
    auto outline = plan::parsePlanOutline(*text, path.string());
    if (!outline)
        return outline;
    if (outline->stages.empty())
        return fail(ErrorCode::InvalidArgument,
                    "{}: the plan has no stages; plan again until it is feasible", path.string());
    if (outline->record.modelSha256.empty())
        return fail(ErrorCode::InvalidArgument,
                    "{}: the plan names no model, it was made from a problem file; make one with "
                    "millracectl plan MODEL CLUSTER -o PLAN",
                    path.string());
    return outline;
}

/// A stage of an earlier split, split further into the same folder, would be lost.
Result<void> checkFolder(const Arguments& arguments)
{
    std::error_code ignored;
    const auto own = arguments.model.has_parent_path() ? arguments.model.parent_path() : ".";
    if (arguments.model.filename().string().starts_with("stage-") &&
        std::filesystem::equivalent(own, arguments.folder, ignored))
        return fail(ErrorCode::InvalidArgument,
                    "{}: the model itself lies there and would be replaced; name another folder",
                    arguments.folder.string());
    return {};
}

Result<Report> split(const Arguments& arguments, const Context& context)
{
    const auto outline = readOutline(arguments.plan);
    if (!outline)
        return tl::unexpected(outline.error());
    if (const auto ok = checkFolder(arguments); !ok)
        return tl::unexpected(ok.error());
    const auto model =
        work::openModelOf(outline->record, arguments.plan.string(),
                          {arguments.model, arguments.dims}, context.stop, context.progress);
    if (!model)
        return tl::unexpected(model.error());
    const auto manifest =
        onnx::split(*model, outline->stages, arguments.folder, context.stop, context.progress);
    if (!manifest)
        return tl::unexpected(manifest.error());

    return splitReport(*manifest, outline->stages, arguments.folder.string());
}

} // namespace

void addSplit(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand("split", "Write a plan's stages as ONNX files");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "ONNX file")->required();
    command->add_option("PLAN", arguments->plan, "Plan file of this model")->required();
    command
        ->add_option("-o,--output", arguments->folder,
                     "Folder for stage-<k>.onnx and manifest.json")
        ->required()
        ->option_text("DIR");
    addDims(*command, arguments->dims);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return split(*arguments, context); };
    });
}

} // namespace millrace::ctl
