// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/YamlFields.h"

#include "base/Suggest.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace millrace::cluster
{

tl::unexpected<Error> YamlFields::refuse(const YAML::Mark& mark, const std::string& what) const
{
    // An empty file has no marks.
    return fail(ErrorCode::ParseError, "{}:{}:{}: {}", m_source, std::max(mark.line, 0) + 1,
                std::max(mark.column, 0) + 1, what);
}

tl::unexpected<Error> YamlFields::refuse(const YAML::Node& at, const std::string& what) const
{
    return refuse(at.Mark(), what);
}

Result<void> YamlFields::keys(const YAML::Node& node,
                              std::initializer_list<std::string_view> allowed) const
{
    if (!node.IsMap())
        return refuse(node,
                      fmt::format("a map with the keys {} is needed", fmt::join(allowed, ", ")));
    std::set<std::string> seen;
    for (const auto& entry : node) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
        if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
            const auto meant = nearest(key, {allowed.begin(), allowed.size()});
            const std::string advice =
                meant ? fmt::format("did you mean \"{}\"?", *meant)
                      : fmt::format("allowed are {}", fmt::join(allowed, ", "));
            return refuse(entry.first, fmt::format("unknown key \"{}\"; {}", key, advice));
        }
        if (!seen.insert(key).second)
            return refuse(entry.first, fmt::format("the key \"{}\" stands twice", key));
    }
    return {};
}

Result<void> YamlFields::text(const YAML::Node& map, const char* key, std::string& value) const
{
    const YAML::Node node = map[key];
    if (!node)
        return {};
    if (!node.IsScalar() || node.Scalar().empty())
        return refuse(node, fmt::format("{}: a text is needed", key));
    value = node.Scalar();
    return {};
}

Result<void> YamlFields::text(const YAML::Node& map, const char* key,
                              std::optional<std::string>& value) const
{
    if (!map[key])
        return {};
    value.emplace();
    return text(map, key, *value);
}

Result<void> YamlFields::flag(const YAML::Node& map, const char* key, bool& value) const
{
    const YAML::Node node = map[key];
    if (node && !YAML::convert<bool>::decode(node, value))
        return refuse(node, fmt::format("{}: true or false is needed", key));
    return {};
}

Result<void> YamlFields::number(const YAML::Node& map, const char* key, double& value) const
{
    const YAML::Node node = map[key];
    if (node && (!YAML::convert<double>::decode(node, value) || !std::isfinite(value)))
        return refuse(node, fmt::format("{}: a number is needed, for example 0.5", key));
    return {};
}

} // namespace millrace::cluster
