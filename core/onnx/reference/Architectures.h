// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/reference/Keras.h"

#include <string>
#include <vector>

namespace millrace::onnx
{

/// How a reference architecture is built: from an image of `size` x `size` with 3 channels.
struct Recipe {
    std::string name;  ///< on the command line
    std::string title; ///< Keras' name
    std::int64_t size;
    void (*build)(KerasBuilder&);
};
[[nodiscard]] const std::vector<Recipe>& recipes();

} // namespace millrace::onnx
