// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"
#include "inference/Tensor.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace millrace::inference
{

/// Whether the graph is optimised: `Runtime` is what stages run with; `None` keeps every node, for
/// shape queries.
enum class Optimization { None, Runtime };

/// Where a run's tensors are. `System`: what a run frees goes back to malloc. `KeptForRuns`: it
/// stays in an arena of the process, which grows by what is asked for and never shrinks; for a
/// process that serves one model. Blocks that malloc returned to the system would be mapped anew
/// page by page in every run: measured on ResNet-50, a quarter more CPU time.
enum class Allocation { System, KeptForRuns };

struct SessionOptions {
    Optimization optimization = Optimization::Runtime;
    Allocation allocation = Allocation::System;
    std::map<std::string, std::int64_t> dims; ///< free dimensions by name
    int threads = 1;                          ///< intra-op threads; 1: no pool, no spinning
    std::optional<std::filesystem::path>
        profilePrefix; ///< turns the profiler on; endProfiling() gives the file
};

/// What a session says of an input or output: -1 where a dim is not known, `dimNames` holds its
/// symbol or "".
struct ValueInfo {
    std::string name;
    graph::DType dtype =
        graph::DType::Undefined; ///< Undefined: no dense tensor (sequence, map, optional)
    std::vector<std::int64_t> shape;
    std::vector<std::string> dimNames;
};

/// Version of the loaded library, "1.30.0".
[[nodiscard]] std::string runtimeVersion();

/// A tensor whose bytes belong to somebody else.
struct TensorView {
    std::string name;
    graph::DType dtype = graph::DType::Undefined;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> data;
};
[[nodiscard]] TensorView viewOf(const NamedTensor& tensor);

/// What a run gave, in the library's own memory: nothing is copied. Owns it; movable.
class Outputs
{
public:
    Outputs();
    Outputs(Outputs&&) noexcept;
    Outputs& operator=(Outputs&&) noexcept;
    ~Outputs();
    /// Valid as long as this object; moving it keeps them.
    [[nodiscard]] const std::vector<TensorView>& tensors() const { return m_tensors; }

private:
    friend class Session;
    struct Values;
    std::unique_ptr<Values> m_values;
    std::vector<TensorView> m_tensors;
};

/// Owns one ONNX Runtime session. Movable; run() may be called from one thread at a time.
/// Errors of the library arrive as Unsupported (cannot load) or Internal (cannot run) with its
/// message on one line.
class Session
{
public:
    /// From a file (external data is found beside it) or from bytes.
    [[nodiscard]] static Result<Session> fromFile(const std::filesystem::path& path,
                                                  const SessionOptions& options);
    [[nodiscard]] static Result<Session> fromBytes(std::string_view model,
                                                   const SessionOptions& options);
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    [[nodiscard]] const std::vector<ValueInfo>& inputs() const;
    [[nodiscard]] const std::vector<ValueInfo>& outputs() const;

    /// Feeds by name; asks for every output. A missing, superfluous, wrongly typed or shaped input
    /// is InvalidArgument and named. The token ends a long run early with Cancelled.
    [[nodiscard]] Result<std::vector<NamedTensor>> run(std::span<const NamedTensor> feeds,
                                                       std::stop_token stop = {});
    /// The same without a copy of the outputs.
    [[nodiscard]] Result<Outputs> runInPlace(std::span<const NamedTensor> feeds,
                                             std::stop_token stop = {});

    /// Closes the profile and returns its path; only with profilePrefix set.
    [[nodiscard]] Result<std::filesystem::path> endProfiling();

private:
    struct Impl;
    explicit Session(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace::inference
