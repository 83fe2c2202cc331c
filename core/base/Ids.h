// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace millrace
{

/// An index into one particular vector (layers, tensors, devices); never mixed with another kind's.
template <class Tag>
struct Id {
    std::int32_t value = 0;

    constexpr Id() = default;
    constexpr explicit Id(std::int32_t index) : value(index) {}
    constexpr explicit Id(std::size_t index) : value(static_cast<std::int32_t>(index)) {}
    [[nodiscard]] constexpr std::size_t index() const
    {
        assert(value >= 0);
        return static_cast<std::size_t>(value);
    }
    auto operator<=>(const Id&) const = default;
};

using LayerId = Id<struct LayerTag>;
using TensorId = Id<struct TensorTag>;
using WeightId = Id<struct WeightTag>;
using DeviceId = Id<struct DeviceTag>;
using PipelineId = Id<struct PipelineTag>; ///< of a plan

/// A stage of a plan, by where it stands: pipeline, then position in it from 0.
struct StageRef {
    PipelineId pipeline;
    std::int32_t stage = 0;
    auto operator<=>(const StageRef&) const = default;
};

/// A hop of a plan. Hop k leads to stage k; the last one, after the last stage, to the gateway.
struct HopRef {
    PipelineId pipeline;
    std::int32_t hop = 0;
    auto operator<=>(const HopRef&) const = default;
};

} // namespace millrace
