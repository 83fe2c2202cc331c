// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

namespace millrace::test
{

/// Replaces every ConstantOfShape node whose shape is an initializer by a seeded random weight:
/// He-scaled filters, BatchNorm scales and variances near 1, small biases.
/// Returns how many were replaced.
int randomizeWeights(::onnx::ModelProto& model, unsigned seed);

} // namespace millrace::test
