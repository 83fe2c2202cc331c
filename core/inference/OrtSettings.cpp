// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/OrtSettings.h"

#include <onnxruntime_session_options_config_keys.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace millrace::inference
{
namespace
{

using graph::DType;

struct TypePair {
    ONNXTensorElementDataType ort;
    DType own;
};
constexpr std::array<TypePair, 22> kTypes = {{
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, DType::Float32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, DType::Float64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, DType::Float16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, DType::BFloat16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, DType::Int8},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, DType::Int16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, DType::Int32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, DType::Int64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, DType::UInt8},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, DType::UInt16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, DType::UInt32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, DType::UInt64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, DType::Bool},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, DType::String},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64, DType::Complex64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX128, DType::Complex128},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN, DType::Float8E4M3FN},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FNUZ, DType::Float8E4M3FNUZ},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2, DType::Float8E5M2},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2FNUZ, DType::Float8E5M2FNUZ},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT4, DType::UInt4},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT4, DType::Int4},
}};

/// The prebuilt library reports model names and hashes to its maker unless this variable is set
/// before its environment is made (1.29 and later, Linux); its interface can only stop it later.
/// Done before main(): setenv() and other threads' getenv() do not go together.
[[maybe_unused]] const bool kReportsNothing = ::setenv("ORT_DISABLE_TELEMETRY", "1", 1) == 0;

/// The process's arena for tensors, which grows by exactly what is asked for. Weights are outside.
void useArena(Ort::SessionOptions& options)
{
    static std::once_flag once;
    std::call_once(once, [] {
        constexpr int kAsRequested = 1, kDefault = -1;
        const Ort::ArenaCfg config(0, kAsRequested, kDefault, kDefault);
        environment().CreateAndRegisterAllocator(
            Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault), config);
    });
    options.AddConfigEntry(kOrtSessionOptionsConfigUseEnvAllocators, "1");
    options.AddConfigEntry(kOrtSessionOptionsUseDeviceAllocatorForInitializers, "1");
}

} // namespace

DType ownType(ONNXTensorElementDataType type)
{
    const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                    [type](const TypePair& pair) { return pair.ort == type; });
    return found == kTypes.end() ? DType::Undefined : found->own;
}

ONNXTensorElementDataType ortType(DType type)
{
    const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                    [type](const TypePair& pair) { return pair.own == type; });
    return found == kTypes.end() ? ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED : found->ort;
}

Ort::Env& environment()
{
    // One per process by the library's own rule; errors reach us as exceptions, so its log stays
    // quiet.
    static Ort::Env env(ORT_LOGGING_LEVEL_FATAL, "millrace");
    return env;
}

// No arena of its own and extended (not layout)
// optimisation keep a stage's peak memory near its weights.
Ort::SessionOptions sessionOptions(const SessionOptions& options)
{
    Ort::SessionOptions result;
    result.SetGraphOptimizationLevel(options.optimization == Optimization::None
                                         ? GraphOptimizationLevel::ORT_DISABLE_ALL
                                         : GraphOptimizationLevel::ORT_ENABLE_EXTENDED);
    result.SetIntraOpNumThreads(options.threads);
    result.SetInterOpNumThreads(1);
    result.SetExecutionMode(ExecutionMode::ORT_SEQUENTIAL);
    result.DisableCpuMemArena();
    result.DisableMemPattern();
    result.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
    result.AddConfigEntry(kOrtSessionOptionsConfigAllowIntraOpSpinning, "0");
    result.AddConfigEntry(kOrtSessionOptionsConfigAllowInterOpSpinning, "0");
    for (const auto& [name, value] : options.dims)
        Ort::ThrowOnError(
            Ort::GetApi().AddFreeDimensionOverrideByName(result, name.c_str(), value));
    if (options.allocation == Allocation::KeptForRuns)
        useArena(result);
    if (options.profilePrefix)
        result.EnableProfiling(options.profilePrefix->c_str());
    return result;
}

} // namespace millrace::inference
