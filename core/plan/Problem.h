// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `plan`: problem and plan as values and files, the solvers, and the checker that trusts none
/// of them. It uses `base`, `graph` and `cluster`; there is no ONNX and no measuring in it.
#pragma once

#include "base/Error.h"
#include "base/Ids.h"
#include "base/Units.h"
#include "graph/Dataflow.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plan
{

struct Layer {
    std::string name;
    Bytes weightBytes;
    Bytes activationBytes;
    std::map<std::string, Seconds> seconds; ///< by device class; a missing class cannot run it
    bool operator==(const Layer&) const = default;
};

/// Counted once in a stage that has any of the layers.
struct SharedWeight {
    Bytes bytes;
    std::vector<LayerId> layers;
    bool operator==(const SharedWeight&) const = default;
};

struct Device {
    std::string name;
    std::string className;
    Bytes memory;
    bool enabled = true; ///< false: hosts no stage, may be source or sink
    bool operator==(const Device&) const = default;
};

/// Square and dense, row = sender.
template <class T>
class Matrix
{
public:
    Matrix() = default;
    explicit Matrix(std::size_t size, T fill = {}) : m_size(size), m_cells(size * size, fill) {}
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] T& at(DeviceId from, DeviceId to)
    {
        return m_cells[from.index() * m_size + to.index()];
    }
    [[nodiscard]] const T& at(DeviceId from, DeviceId to) const
    {
        return m_cells[from.index() * m_size + to.index()];
    }
    bool operator==(const Matrix&) const = default;

private:
    std::size_t m_size = 0;
    std::vector<T> m_cells;
};

struct MemoryModel {
    Bytes fixed;
    double inCopies = 0;  ///< of the payload that enters the stage
    double outCopies = 0; ///< of the payload that leaves it
    bool operator==(const MemoryModel&) const = default;
};

struct StageCount {
    int min = 1;
    std::optional<int> max;
    bool operator==(const StageCount&) const = default;
};

struct Pin {
    LayerId layer;
    DeviceId device;
    bool operator==(const Pin&) const = default;
};

/// Whether transfer and compute overlap: if not, a stage costs receive + compute + send, delays
/// included.
enum class Overlap { Yes, No };

/// The planner's whole world. Valid once it came from parseProblem() or passed validate(). Layers
/// are in topological order.
struct Problem {
    Overlap overlap = Overlap::Yes;
    std::vector<Layer> layers;
    std::vector<graph::DataflowTensor> tensors;
    std::vector<SharedWeight> sharedWeights;
    std::vector<Device> devices;
    Matrix<BitsPerSecond> bandwidth; ///< 0: no link, even for payload 0; the diagonal is not read
    Matrix<Seconds> occupancy;       ///< per message at the sender; same size
    Matrix<Seconds> delay;           ///< propagation; same size
    std::optional<DeviceId> source, sink;
    MemoryModel memoryModel;
    StageCount stages;
    std::vector<Pin> pins;
    bool operator==(const Problem&) const = default;
};

/// Every index in range, every size finite and >= 0, sums that cannot overflow, layers topological,
/// matrices square.
[[nodiscard]] Result<void> validate(const Problem& problem);

/// "millrace-problem/1"; hostile input. Errors name source and field.
[[nodiscard]] Result<Problem> parseProblem(std::string_view text, const std::string& source);
[[nodiscard]] std::string writeProblem(const Problem& problem);

/// Time a hop of `payload` takes on the link, without delay: 0 from a device to itself, kNever
/// without a link.
[[nodiscard]] Seconds hopTime(const Problem& problem, DeviceId from, DeviceId to, Bytes payload);

} // namespace millrace::plan
