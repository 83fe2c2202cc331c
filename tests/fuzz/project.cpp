// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/Project.h"

#include "FuzzTarget.h"

using namespace millrace;

/// A project that is read can be saved and opened again, equal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto project = ui::parseProject(test::textOf(data, size), "/folder/f.millrace");
    if (!project) {
        test::requireOneLine(project.error().message);
        return 0;
    }
    const std::string text = ui::writeProject(*project, "/folder/f.millrace");
    const auto again = ui::parseProject(text, "/folder/f.millrace");
    test::require(again.has_value(), "a saved project can be opened: " + text);
    test::require(again->scenarios.size() == project->scenarios.size(), "scenarios are kept");
    for (std::size_t i = 0; i < again->scenarios.size(); ++i)
        test::require(again->scenarios[i].cluster == project->scenarios[i].cluster,
                      "clusters are kept");
    return 0;
}
