// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "onnx/reference/Architectures.h"
#include "onnx/Model.h"

#include <algorithm>

namespace millrace::onnx
{
namespace
{

Result<Recipe> find(const std::string& name)
{
    const auto found = std::find_if(recipes().begin(), recipes().end(),
                                    [&name](const Recipe& recipe) { return recipe.name == name; });
    if (found == recipes().end())
        return fail(ErrorCode::NotFound, "there is no reference architecture \"{}\"; known are {}",
                    name, fmt::join(referenceNames(), ", "));
    return *found;
}

} // namespace

std::vector<std::string> referenceNames()
{
    std::vector<std::string> names;
    for (const Recipe& recipe : recipes())
        names.push_back(recipe.name);
    return names;
}

Result<graph::Architecture> referenceArchitecture(const std::string& name)
{
    const auto recipe = find(name);
    if (!recipe)
        return tl::unexpected(recipe.error());
    KerasBuilder net(name, 3, recipe->size, 0, KerasBuilder::Content::StructureOnly);
    recipe->build(net);
    graph::Architecture architecture = net.architecture();
    architecture.name = recipe->title;
    return architecture;
}

Result<void> writeReference(const std::string& name, const std::filesystem::path& path,
                            std::uint64_t seed)
{
    const auto recipe = find(name);
    if (!recipe)
        return tl::unexpected(recipe.error());
    KerasBuilder net(name, 3, recipe->size, seed, KerasBuilder::Content::Everything);
    recipe->build(net);
    return writeFileAtomically(path, net.model().SerializeAsString());
}

} // namespace millrace::onnx
