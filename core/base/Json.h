// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace
{

using Json = nlohmann::ordered_json;

/// Strict parse of hostile text: depth at most 64, no duplicate keys, no comments, valid UTF-8
/// only. Errors name `source`, line and column.
[[nodiscard]] Result<Json> parseJson(std::string_view text, const std::string& source);

/// A read-only position in a document that knows its own path, so every error names file and field:
/// "problem.json: layers[3].weight_bytes: a whole number >= 0 is needed, not \"abc\"".
/// Non-owning: the document must outlive it.
class JsonReader
{
public:
    JsonReader(const Json& value, std::string path) : m_value(&value), m_path(std::move(path)) {}

    [[nodiscard]] const Json& value() const { return *m_value; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] bool isNull() const { return m_value->is_null(); }
    /// An object, and no key other than these (a typo is an error that lists the allowed keys).
    [[nodiscard]] Result<void> allowOnly(std::initializer_list<std::string_view> keys) const;

    /// Member access; `required` fails with the missing field's name, `optional` is empty when
    /// absent.
    [[nodiscard]] Result<JsonReader> required(std::string_view key) const;
    [[nodiscard]] std::optional<JsonReader> optional(std::string_view key) const;
    /// The elements of an array (error when it is none).
    [[nodiscard]] Result<std::vector<JsonReader>> elements() const;

    [[nodiscard]] Result<std::string> string() const;
    [[nodiscard]] Result<bool> boolean() const;
    /// A whole number within [low, high]; 3.0 counts, 3.5 and 1e300 do not.
    [[nodiscard]] Result<std::int64_t> integer(std::int64_t low, std::int64_t high) const;
    /// A finite number >= low.
    [[nodiscard]] Result<double> number(double low) const;
    /// `fail` with this position's path in front.
    [[nodiscard]] tl::unexpected<Error> error(const std::string& what) const;

private:
    const Json* m_value;
    std::string m_path;
};

/// Base of a file's reader, which takes field after field: the first error sticks, and what is read
/// after it is worth nothing.
class JsonFields
{
protected:
    void check(const Result<void>& result)
    {
        if (!result && !m_error)
            m_error = result.error();
    }
    template <class T>
    std::optional<T> take(Result<T> result)
    {
        if (result)
            return std::move(*result);
        if (!m_error)
            m_error = std::move(result.error());
        return std::nullopt;
    }
    /// The file says which format it is in.
    void format(const JsonReader& root, std::string_view name);
    std::string text(const JsonReader& at, std::string_view key);
    /// Within [0, high].
    std::int64_t integer(const JsonReader& at, std::string_view key, std::int64_t high);
    /// Calls visit(element) for each element of an array, until there is an error.
    template <class Visit>
    void each(const JsonReader& at, std::string_view key, const Visit& visit)
    {
        const auto field = take(at.required(key));
        if (m_error || !field)
            return;
        const auto items = take(field->elements());
        for (std::size_t i = 0; items && i < items->size() && !m_error; ++i)
            visit((*items)[i]);
    }

    std::optional<Error> m_error;
};

} // namespace millrace
