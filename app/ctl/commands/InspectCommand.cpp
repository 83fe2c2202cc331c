// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/report/InspectReport.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path model;
    Dims dims;
};

Result<Report> inspect(const Arguments& arguments, const Context& context)
{
    const auto model = loadModel(arguments.model, arguments.dims, context);
    if (!model)
        return tl::unexpected(model.error());
    return inspectReport(*model);
}

} // namespace

void addInspect(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("inspect", "Layers, weights, cuts and totals of a model");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "ONNX file")->required();
    addDims(*command, arguments->dims);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) {
            return inspect(*arguments, context);
        };
    });
}

} // namespace millrace::ctl
