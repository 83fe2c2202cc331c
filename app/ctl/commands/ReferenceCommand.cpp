// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Options.h"
#include "ctl/report/ReferenceReport.h"
#include "onnx/Model.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::string name;
    std::filesystem::path file;
    std::uint64_t seed = 0;
};

Result<Report> writeReference(const Arguments& arguments)
{
    if (const auto ok = onnx::writeReference(arguments.name, arguments.file, arguments.seed); !ok)
        return tl::unexpected(ok.error());
    std::error_code error;
    const auto size = std::filesystem::file_size(arguments.file, error);
    if (error)
        return fail(ErrorCode::Io, "{}: {}", arguments.file.string(), error.message());
    return referenceReport({arguments.name, arguments.file.string(),
                            Bytes{static_cast<std::int64_t>(size)}, arguments.seed});
}

} // namespace

void addReference(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("reference", "Write a reference architecture with seeded weights");
    const auto arguments = std::make_shared<Arguments>();
    const std::vector<std::string> names = onnx::referenceNames();
    const std::string list = fmt::format("{}", fmt::join(names, ", "));
    const auto take = [arguments, names, list](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw CLI::ValidationError("NAME", fmt::format("there is no reference model \"{}\"; "
                                                           "what there is: {}",
                                                           name, list));
        arguments->name = name;
    };
    command->add_option_function<std::string>("NAME", take, "One of " + list)
        ->required()
        ->option_text("NAME");
    command->add_option("-o,--output", arguments->file, "Where to write it")
        ->required()
        ->option_text("FILE.onnx");
    addSeed(*command, arguments->seed, "Seed of the weights");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context&) { return writeReference(*arguments); };
    });
}

} // namespace millrace::ctl
