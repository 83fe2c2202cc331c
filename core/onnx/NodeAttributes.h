// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <cstdint>
#include <initializer_list>
#include <string>

namespace millrace::onnx
{

/// Each adds an attribute to a node that is being made.
void setInts(pb::NodeProto& node, const std::string& name,
             std::initializer_list<std::int64_t> values);
void setInt(pb::NodeProto& node, const std::string& name, std::int64_t value);
void setFloat(pb::NodeProto& node, const std::string& name, float value);

} // namespace millrace::onnx
