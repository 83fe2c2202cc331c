// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

namespace millrace
{
namespace
{

constexpr std::size_t kMaxDepth = 64;

/// A value as it may stand in a message: short, on one line.
std::string shown(const Json& value)
{
    if (value.is_object())
        return "an object";
    if (value.is_array())
        return "a list";
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > 60)
        text = text.substr(0, 57) + "...";
    return text;
}

/// Walks over the text and leaves word of how far the parser has read.
class Cursor
{
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Cursor(const char* at, const char*& front) : m_at(at), m_front(&front) {}
    reference operator*() const { return *m_at; }
    Cursor& operator++()
    {
        *m_front = ++m_at;
        return *this;
    }
    bool operator==(const Cursor& other) const { return m_at == other.m_at; }
    bool operator!=(const Cursor& other) const { return m_at != other.m_at; }

private:
    const char* m_at;
    const char** m_front;
};

/// Builds the document value by value, and stops at what nlohmann's own builder lets pass: deep
/// nesting and duplicate keys.
class StrictBuilder final : public nlohmann::json_sax<Json>
{
public:
    /// `front` follows the parser.
    StrictBuilder(const char* begin, const char* const& front) : m_begin(begin), m_front(&front) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override
    {
        if (!m_keys.back().insert(name).second)
            return refuse(fmt::format("the key {} stands twice in one object", shown(Json(name))));
        m_key = std::move(name);
        return true;
    }

    bool parse_error(std::size_t, const std::string&,
                     const nlohmann::detail::exception& error) override
    {
        refuse(error.what());
        // "[json.exception.parse_error.101] parse error at line 1, column 2: what" -> "what"
        if (const auto end = m_error.find("] "); end != std::string::npos)
            m_error.erase(0, end + 2);
        if (const auto colon = m_error.find(": ");
            m_error.starts_with("parse error") && colon != std::string::npos)
            m_error.erase(0, colon + 2);
        // A token that never ends is quoted whole.
        constexpr std::size_t kLongest = 200;
        if (m_error.size() > kLongest)
            m_error = m_error.substr(0, kLongest) + "...";
        m_error.insert(0, "not valid JSON: ");
        return false;
    }

    [[nodiscard]] Json take() { return std::move(m_root); }
    [[nodiscard]] const std::string& error() const { return m_error; }
    /// One past the offending byte.
    [[nodiscard]] std::size_t position() const { return m_position; }

private:
    bool refuse(std::string why)
    {
        m_error = std::move(why);
        m_position = static_cast<std::size_t>(*m_front - m_begin);
        return false;
    }
    Json* place(Json value)
    {
        if (m_open.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        if (m_open.back()->is_array()) {
            m_open.back()->push_back(std::move(value));
            return &m_open.back()->back();
        }
        // The key is known to be new, so the vector behind the object is not searched once more.
        auto& members = m_open.back()->get_ref<Json::object_t&>();
        return &static_cast<Json::object_t::Container&>(members)
                    .emplace_back(std::move(m_key), std::move(value))
                    .second;
    }
    bool add(Json value)
    {
        place(std::move(value));
        return true;
    }
    bool open(Json container)
    {
        if (m_open.size() == kMaxDepth)
            return refuse(fmt::format("nested deeper than {} levels", kMaxDepth));
        m_keys.emplace_back();
        m_open.push_back(place(std::move(container)));
        return true;
    }
    bool close()
    {
        m_open.pop_back();
        m_keys.pop_back();
        return true;
    }

    const char* m_begin;
    const char* const* m_front;
    Json m_root;
    std::vector<Json*> m_open;
    std::vector<std::set<std::string>> m_keys; ///< of each open container
    std::string m_key;
    std::string m_error;
    std::size_t m_position = 0;
};

/// `position`: one past the offending byte.
tl::unexpected<Error> failAt(std::string_view text, std::size_t position, const std::string& source,
                             const std::string& what)
{
    const auto before = text.substr(0, std::min(text.size(), position));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto lineStart = before.rfind('\n');
    const auto column =
        lineStart == std::string_view::npos ? before.size() : before.size() - lineStart - 1;
    return fail(ErrorCode::ParseError, "{}:{}:{}: {}", source, line,
                std::max<std::size_t>(column, 1), what);
}

} // namespace

Result<Json> parseJson(std::string_view text, const std::string& source)
{
    // The parser takes a zero byte for the end and what follows it for nothing.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return failAt(text, zero + 1, source, "not valid JSON: a zero byte");
    const char* const begin = text.data();
    const char* front = begin;
    StrictBuilder builder(begin, front);
    try {
        if (Json::sax_parse(Cursor(begin, front), Cursor(begin + text.size(), front), &builder))
            return builder.take();
    } catch (const std::exception& error) {
        return fail(ErrorCode::ParseError, "{}: not valid JSON: {}", source, error.what());
    }
    return failAt(text, builder.position(), source, builder.error());
}

tl::unexpected<Error> JsonReader::error(const std::string& what) const
{
    return fail(ErrorCode::ParseError, "{}: {}", m_path, what);
}

namespace
{

/// "file.json" is followed by ": field", a field by ".field".
std::string childPath(const std::string& path, std::string_view key)
{
    const bool atRoot = path.find(": ") == std::string::npos;
    return fmt::format("{}{}{}", path, atRoot ? ": " : ".", key);
}

} // namespace

Result<void> JsonReader::allowOnly(std::initializer_list<std::string_view> keys) const
{
    if (!m_value->is_object())
        return error(fmt::format("an object is needed, not {}", shown(*m_value)));
    for (const auto& [key, value] : m_value->items())
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return error(fmt::format("unknown key {}; allowed are: {}", shown(Json(key)),
                                     fmt::join(keys, ", ")));
    return {};
}

Result<JsonReader> JsonReader::required(std::string_view key) const
{
    if (!m_value->is_object())
        return error(fmt::format("an object is needed, not {}", shown(*m_value)));
    const auto found = m_value->find(key);
    if (found == m_value->end())
        return error(fmt::format("\"{}\" is missing", key));
    return JsonReader(*found, childPath(m_path, key));
}

std::optional<JsonReader> JsonReader::optional(std::string_view key) const
{
    if (!m_value->is_object())
        return std::nullopt;
    const auto found = m_value->find(key);
    if (found == m_value->end())
        return std::nullopt;
    return JsonReader(*found, childPath(m_path, key));
}

Result<std::vector<JsonReader>> JsonReader::elements() const
{
    if (!m_value->is_array())
        return error(fmt::format("a list is needed, not {}", shown(*m_value)));
    std::vector<JsonReader> readers;
    readers.reserve(m_value->size());
    for (std::size_t i = 0; i < m_value->size(); ++i)
        readers.emplace_back((*m_value)[i], fmt::format("{}[{}]", m_path, i));
    return readers;
}

Result<std::string> JsonReader::string() const
{
    if (!m_value->is_string())
        return error(fmt::format("a text is needed, not {}", shown(*m_value)));
    return m_value->get<std::string>();
}

Result<bool> JsonReader::boolean() const
{
    if (!m_value->is_boolean())
        return error(fmt::format("true or false is needed, not {}", shown(*m_value)));
    return m_value->get<bool>();
}

Result<std::int64_t> JsonReader::integer(std::int64_t low, std::int64_t high) const
{
    std::optional<std::int64_t> number;
    if (m_value->is_number_unsigned()) {
        const auto value = m_value->get<std::uint64_t>();
        if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            number = static_cast<std::int64_t>(value);
    } else if (m_value->is_number_integer()) {
        number = m_value->get<std::int64_t>();
    } else if (m_value->is_number_float()) {
        const auto value = m_value->get<double>();
        if (std::abs(value) <= 0x1p53 && value == std::floor(value))
            number = static_cast<std::int64_t>(value);
    }
    if (!number || *number < low || *number > high) {
        const std::string range = high == std::numeric_limits<std::int64_t>::max()
                                      ? fmt::format(">= {}", low)
                                      : fmt::format("from {} to {}", low, high);
        return error(fmt::format("a whole number {} is needed, not {}", range, shown(*m_value)));
    }
    return *number;
}

Result<double> JsonReader::number(double low) const
{
    if (!m_value->is_number() || !std::isfinite(m_value->get<double>()) ||
        m_value->get<double>() < low)
        return error(fmt::format("a number >= {} is needed, not {}", low, shown(*m_value)));
    return m_value->get<double>();
}

void JsonFields::format(const JsonReader& root, std::string_view name)
{
    const auto field = take(root.required("format"));
    if (field && take(field->string()) != name)
        check(Result<void>(field->error(
            fmt::format("\"{}\" is needed; this file is of another kind or version", name))));
}

std::string JsonFields::text(const JsonReader& at, std::string_view key)
{
    const auto field = take(at.required(key));
    return field ? take(field->string()).value_or("") : "";
}

std::int64_t JsonFields::integer(const JsonReader& at, std::string_view key, std::int64_t high)
{
    const auto field = take(at.required(key));
    return field ? take(field->integer(0, high)).value_or(0) : 0;
}

} // namespace millrace
