// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::cluster
{

/// Reads fields of YAML maps and says what is wrong with them as "source:line:column: what", a
/// ParseError. Lines and columns count from 1. What is read before an error is left as it is.
class YamlFields
{
public:
    /// `source` stands in the messages: a file's path.
    explicit YamlFields(std::string source) : m_source(std::move(source)) {}
    [[nodiscard]] const std::string& source() const { return m_source; }

    [[nodiscard]] tl::unexpected<Error> refuse(const YAML::Mark& mark,
                                               const std::string& what) const;
    [[nodiscard]] tl::unexpected<Error> refuse(const YAML::Node& at, const std::string& what) const;

    /// A map with these keys only, each at most once.
    [[nodiscard]] Result<void> keys(const YAML::Node& node,
                                    std::initializer_list<std::string_view> allowed) const;

    // Each of these leaves `value` alone when the key is absent.
    [[nodiscard]] Result<void> text(const YAML::Node& map, const char* key,
                                    std::string& value) const;
    [[nodiscard]] Result<void> text(const YAML::Node& map, const char* key,
                                    std::optional<std::string>& value) const;
    [[nodiscard]] Result<void> flag(const YAML::Node& map, const char* key, bool& value) const;
    /// Neither infinite nor NaN.
    [[nodiscard]] Result<void> number(const YAML::Node& map, const char* key, double& value) const;
    /// "1.5 GiB", "20 ms": with the parser of the quantity.
    template <class T>
    [[nodiscard]] Result<void> quantity(const YAML::Node& map, const char* key,
                                        Result<T> (*parse)(std::string_view), T& value) const
    {
        const YAML::Node node = map[key];
        if (!node)
            return {};
        const auto parsed = parse(node.IsScalar() ? node.Scalar() : "");
        if (!parsed)
            return refuse(node, fmt::format("{}: {}", key, parsed.error().message));
        value = *parsed;
        return {};
    }

private:
    std::string m_source;
};

} // namespace millrace::cluster
