// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/report/ExperimentReport.h"
#include "onnx/Model.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

using experiment::Cell;

struct Arguments {
    experiment::PaperOptions options;
    std::optional<std::filesystem::path> csv;
};

Result<Report> run(const Arguments& arguments, const Context& context)
{
    if (arguments.csv)
        if (const auto ok = checkOutput(*arguments.csv, {}); !ok)
            return tl::unexpected(ok.error());
    std::vector<graph::Architecture> networks;
    for (const std::string& name : onnx::referenceNames()) {
        auto network = onnx::referenceArchitecture(name);
        if (!network)
            return tl::unexpected(network.error());
        networks.push_back(std::move(*network));
    }
    auto cells =
        experiment::runPaperExperiment(networks, arguments.options, context.stop, context.progress);
    if (!cells)
        return tl::unexpected(cells.error());
    std::stable_sort(cells->begin(), cells->end(), [](const Cell& a, const Cell& b) {
        return std::tie(a.arithmetic, a.model, a.capMib, a.nodes) <
               std::tie(b.arithmetic, b.model, b.capMib, b.nodes);
    });
    if (arguments.csv)
        if (const auto ok = writeFileAtomically(*arguments.csv, experimentCsv(*cells)); !ok)
            return tl::unexpected(ok.error());
    return experimentReport(*cells);
}

} // namespace

void addExperiment(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("experiment", "The published experiment beside Millrace's own optimum");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option_function<std::string>(
            "NAME",
            [](const std::string& name) {
                if (name != "paper")
                    throw CLI::ValidationError(
                        "NAME",
                        fmt::format("there is no experiment \"{}\"; what there is: paper", name));
            },
            "paper: four networks, four memory sizes, 5 to 50 nodes (arXiv 2304.11941)")
        ->required()
        ->option_text("paper");
    addInteger(
        *command, "--trials", 1, 100000,
        [arguments](std::int64_t trials) { arguments->options.trials = static_cast<int>(trials); },
        "Random clusters per cell (50)");
    addSeed(*command, arguments->options.seed, "Seed of the clusters (1)");
    command->add_option("--csv", arguments->csv, "Also write the table as CSV")
        ->option_text("FILE");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return run(*arguments, context); };
    });
}

} // namespace millrace::ctl
