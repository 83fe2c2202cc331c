// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Json.h"

namespace millrace::test
{

/// One change of a good document, for tables of broken files.
struct JsonEdit {
    const char* name;
    const char* pointer; ///< RFC 6901: "/layers/0/name"; "/pins/-" appends
    const char* value;   ///< JSON text; null removes the field
    const char* message; ///< the whole error, without "file.json: "
};

[[nodiscard]] inline std::string edited(const std::string& text, const JsonEdit& edit)
{
    Json json = Json::parse(text);
    const Json::json_pointer at(edit.pointer);
    if (edit.value == nullptr)
        json.at(at.parent_pointer()).erase(at.back());
    else
        json[at] = Json::parse(edit.value);
    return json.dump();
}

} // namespace millrace::test
