// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Tensor.h"

#include <onnx/onnx_pb.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millrace::test
{

/// A model for one thing that importers get wrong.
struct SmallModel {
    const char* name;
    std::function<::onnx::ModelProto()> build;
    std::map<std::string, std::int64_t> dims{}; ///< free dims to bind
    int layers = 0;                             ///< expected after folding and fusing
};
[[nodiscard]] const std::vector<SmallModel>& smallModels();

} // namespace millrace::test
