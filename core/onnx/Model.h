// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `onnx`: ONNX files to graphs and back: loading, constant folding, stage extraction,
/// reference architectures. The only user of ONNX's protobufs, which never leave it. It uses
/// `graph` and `inference` (shapes come from ONNX Runtime, since Debian's ONNX knows opsets up to
/// 17 only).
#pragma once

#include "base/Progress.h"
#include "graph/Architecture.h"
#include "graph/Graph.h"
#include "inference/Session.h"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::onnx
{

struct LoadOptions {
    std::map<std::string, std::int64_t>
        dims; ///< free dimensions by name; each must exist in the model
};

/// A loaded, checked model with all shapes known. Immutable and cheap to copy; safe to share
/// between threads.
class Model
{
public:
    [[nodiscard]] const graph::Graph& graph() const;
    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] const std::string&
    sha256() const; ///< of the file as it was loaded, with its external data
    [[nodiscard]] const std::map<std::string, std::int64_t>& dims() const;

    struct Impl;
    explicit Model(std::shared_ptr<const Impl> impl) : m_impl(std::move(impl)) {}
    [[nodiscard]] const Impl& impl() const { return *m_impl; } ///< for this room's other files only

private:
    std::shared_ptr<const Impl> m_impl;
};

/// Own structural checks first (is it a model, names, single assignment, cycles, sizes, external
/// data inside the model's folder), then folding, then shapes from ONNX Runtime; data-dependent
/// shapes are seen in one trial run. A free dim that is not bound is InvalidArgument and lists
/// every free dim as "--dim NAME=N". Peak memory about twice the file.
[[nodiscard]] Result<Model> load(const std::filesystem::path& path, const LoadOptions& options,
                                 std::stop_token stop, ProgressSink& progress);

/// Names of the dimensions that load() wants bound, for asking the operator. Errors as load().
[[nodiscard]] Result<std::vector<std::string>> freeDimensions(const std::filesystem::path& path);

/// A value that crosses a stage border; -1 in its shape where a dim depends on data.
struct Port {
    std::string name;
    graph::DType dtype = graph::DType::Undefined;
    std::vector<std::int64_t> shape;
    bool operator==(const Port&) const = default;
};

struct StageFile {
    std::string file;                  ///< "stage-1.onnx", relative to the manifest
    std::vector<Port> inputs, outputs; ///< what the stage's model takes and gives
    std::vector<std::string>
        relayed; ///< arrives and leaves unchanged, read here too or not; no output
    bool operator==(const StageFile&) const = default;
};

/// manifest.json of a split: "millrace-split/1".
struct Manifest {
    std::string modelSha256;
    std::vector<Port> inputs, outputs; ///< of the whole model, in its order
    std::vector<StageFile> stages;
    bool operator==(const Manifest&) const = default;
};
[[nodiscard]] std::string writeManifest(const Manifest& manifest);
/// Hostile input: files must lie in the manifest's folder.
[[nodiscard]] Result<Manifest> parseManifest(std::string_view text, const std::string& source);

/// Writes stage-<k>.onnx (weights as external data in stage-<k>.weights, so that loading them costs
/// their size once) and manifest.json into `folder` (made when missing). `stages` are layer ids in
/// pipeline order and must be a chain of cuts that covers every layer: InvalidArgument otherwise.
/// Each tensor that a later stage needs is passed on by the stages between. When it fails or is
/// stopped, `folder` keeps what it had.
[[nodiscard]] Result<Manifest> split(const Model& model,
                                     std::span<const std::vector<LayerId>> stages,
                                     const std::filesystem::path& folder, std::stop_token stop,
                                     ProgressSink& progress);

/// Runs the stages of a split one after the other in this process, or the whole model; outputs in
/// the model's order.
[[nodiscard]] Result<std::vector<inference::NamedTensor>>
runSplit(const std::filesystem::path& folder, std::vector<inference::NamedTensor> inputs,
         std::stop_token stop, ProgressSink& progress);
[[nodiscard]] Result<std::vector<inference::NamedTensor>>
runWhole(const Model& model, std::vector<inference::NamedTensor> inputs, std::stop_token stop);
/// The whole model with its dims bound, for many runs; outputs in the model's order.
[[nodiscard]] Result<inference::Session> openWhole(const Model& model);

/// The model as an ONNX file for profiling: dims bound, every node named after its layer, weights
/// in place. `folder` receives it.
[[nodiscard]] Result<std::filesystem::path> exportForProfiling(const Model& model,
                                                               const std::filesystem::path& folder);

/// Names for `reference`: "resnet50", "inceptionresnetv2", "mobilenetv2", "efficientnetb1".
[[nodiscard]] std::vector<std::string> referenceNames();
/// A reference architecture in Keras' layer structure (BatchNorm, activation and padding as layers
/// of their own), weights seeded, He-scaled, BatchNorm near identity; batch 1, NCHW, Keras' default
/// image size. Parameters 25,636,712, 55,873,736, 3,538,984 and 7,856,239. NotFound for another
/// name.
[[nodiscard]] Result<void> writeReference(const std::string& name,
                                          const std::filesystem::path& path, std::uint64_t seed);
/// The same without weights, as Keras' own layers. Milliseconds.
[[nodiscard]] Result<graph::Architecture> referenceArchitecture(const std::string& name);

} // namespace millrace::onnx
