// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/BenchInputs.h"

#include "base/File.h"

#include <cstring>
#include <random>

namespace millrace::work
{
namespace
{

/// Elements that lie together and get one level: those behind axis 1.
std::size_t levelBlock(const inference::Tensor& tensor)
{
    if (tensor.shape.size() < 3)
        return 1;
    std::size_t block = 1;
    for (std::size_t axis = 2; axis < tensor.shape.size(); ++axis)
        block *= static_cast<std::size_t>(tensor.shape[axis]);
    return std::max<std::size_t>(1, block);
}

template <class T>
void giveLevels(inference::Tensor& tensor, std::uint64_t seed)
{
    // The generator's sequence is fixed by the standard, distributions are not.
    std::mt19937_64 random(seed);
    const std::size_t block = levelBlock(tensor);
    T level = 0;
    for (std::size_t i = 0; (i + 1) * sizeof(T) <= tensor.data.size(); ++i) {
        if (i % block == 0)
            level = static_cast<T>(static_cast<double>(random() >> 11U) * 0x1p-52 - 1);
        T value = 0;
        std::memcpy(&value, tensor.data.data() + i * sizeof(T), sizeof(T));
        value = value / 2 + level;
        std::memcpy(tensor.data.data() + i * sizeof(T), &value, sizeof(T));
    }
}

Result<onnx::Model> deployedModel(const deploy::Release& release, std::stop_token stop,
                                  ProgressSink& progress)
{
    auto model = onnx::load(release.modelPath, {release.dims}, std::move(stop), progress);
    if (!model && model.error().code == ErrorCode::Cancelled)
        return model;
    if (!model)
        return fail(ErrorCode::NotFound,
                    "the answers cannot be compared with the model's: {}; bring it back, or "
                    "measure without comparing",
                    model.error().message);
    if (model->sha256() != release.modelSha256)
        return fail(ErrorCode::InvalidArgument,
                    "{}: is not the model that was deployed any more; deploy it anew, or measure "
                    "without comparing",
                    release.modelPath.string());
    return model;
}

Result<void> computeAnswers(const deploy::Release& release, std::stop_token stop,
                            ProgressSink& progress, BenchCases& cases)
{
    const auto model = deployedModel(release, stop, progress);
    if (!model)
        return tl::unexpected(model.error());
    auto session = onnx::openWhole(*model);
    if (!session)
        return tl::unexpected(session.error());
    for (const auto& input : cases.inputs) {
        progress.progress("computing the answers of the whole model",
                          static_cast<double>(cases.answers.size()) /
                              static_cast<double>(cases.inputs.size()));
        auto answer = session->run(input, stop);
        if (!answer)
            return tl::unexpected(answer.error());
        cases.answers.push_back(std::move(*answer));
    }
    return {};
}

} // namespace

Result<std::vector<inference::NamedTensor>> benchInput(const std::vector<onnx::Port>& ports,
                                                       std::uint64_t seed)
{
    std::vector<inference::NamedTensor> input;
    for (const onnx::Port& port : ports) {
        const std::uint64_t own = seed * 1000 + input.size();
        auto tensor = inference::randomTensor(port.dtype, port.shape, own);
        if (!tensor)
            return inContext("input " + port.name, tensor.error());
        if (port.dtype == graph::DType::Float32)
            giveLevels<float>(*tensor, own);
        else if (port.dtype == graph::DType::Float64)
            giveLevels<double>(*tensor, own);
        input.push_back({port.name, std::move(*tensor)});
    }
    return input;
}

Result<onnx::Manifest> releaseManifest(const deploy::Release& release)
{
    const auto file = release.folder / "manifest.json";
    const auto text = readFile(file);
    if (!text)
        return tl::unexpected(text.error());
    return onnx::parseManifest(*text, file.string());
}

Result<BenchCases> benchCases(const deploy::Release& release, const BenchOptions& options,
                              std::stop_token stop, ProgressSink& progress)
{
    const auto manifest = releaseManifest(release);
    if (!manifest)
        return tl::unexpected(manifest.error());
    BenchCases cases;
    const int count = std::min(options.distinctInputs, options.requests + options.warmup);
    for (int i = 0; i < count; ++i) {
        auto input = benchInput(manifest->inputs, options.seed + static_cast<std::uint64_t>(i));
        if (!input)
            return tl::unexpected(input.error());
        cases.inputs.push_back(std::move(*input));
    }
    if (options.compare)
        if (const auto ok = computeAnswers(release, std::move(stop), progress, cases); !ok)
            return tl::unexpected(ok.error());
    return cases;
}

} // namespace millrace::work
