// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/FreeDims.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::onnx
{
namespace
{

struct FreeDim {
    std::string name;
    bool hasSymbol = false;
    std::vector<pb::TensorShapeProto::Dimension*> places{};
};

/// In the order of their first appearance.
std::vector<FreeDim> findFreeDims(pb::GraphProto& graph)
{
    std::vector<FreeDim> found;
    for (pb::ValueInfoProto& input : *graph.mutable_input()) {
        if (!input.type().has_tensor_type() || !input.type().tensor_type().has_shape())
            continue;
        auto* shape = input.mutable_type()->mutable_tensor_type()->mutable_shape();
        for (int axis = 0; axis < shape->dim_size(); ++axis) {
            auto* dim = shape->mutable_dim(axis);
            if (dim->has_dim_value() && dim->dim_value() >= 0)
                continue;
            const bool hasSymbol = !dim->dim_param().empty();
            const std::string name =
                hasSymbol ? dim->dim_param() : fmt::format("{}.{}", input.name(), axis);
            auto same = std::find_if(found.begin(), found.end(),
                                     [&](const FreeDim& other) { return other.name == name; });
            if (same == found.end())
                same = found.insert(found.end(), FreeDim{name, hasSymbol});
            same->places.push_back(dim);
        }
    }
    return found;
}

std::string unknownName(const std::string& name, const std::vector<FreeDim>& free)
{
    if (free.empty())
        return fmt::format("--dim {}: the model has no free dimensions; leave it out", name);
    std::vector<std::string> names;
    for (const FreeDim& dim : free)
        names.push_back(dim.name);
    return fmt::format("--dim {}: the model has no such dimension; its free dimensions are {}",
                       name, fmt::join(names, ", "));
}

} // namespace

std::vector<std::string> freeDimNames(pb::GraphProto& graph)
{
    std::vector<std::string> names;
    for (const FreeDim& dim : findFreeDims(graph))
        names.push_back(dim.name);
    return names;
}

Result<std::map<std::string, std::int64_t>>
bindFreeDims(pb::GraphProto& graph, const std::map<std::string, std::int64_t>& dims)
{
    const std::vector<FreeDim> free = findFreeDims(graph);
    for (const auto& [name, size] : dims) {
        if (std::none_of(free.begin(), free.end(),
                         [&wanted = name](const FreeDim& f) { return f.name == wanted; }))
            return fail(ErrorCode::InvalidArgument, "{}", unknownName(name, free));
        if (size < 0)
            return fail(ErrorCode::InvalidArgument,
                        "--dim {}={}: a dimension cannot be negative; give a whole number", name,
                        size);
    }
    std::vector<std::string> unbound;
    for (const FreeDim& dim : free)
        if (!dims.contains(dim.name))
            unbound.push_back(fmt::format("--dim {}=N", dim.name));
    if (!unbound.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the model has free dimensions; say how large they are with {}",
                    fmt::join(unbound, " "));
    std::map<std::string, std::int64_t> symbols;
    for (const FreeDim& dim : free) {
        const std::int64_t size = dims.at(dim.name);
        for (auto* place : dim.places)
            place->set_dim_value(size);
        if (dim.hasSymbol)
            symbols.emplace(dim.name, size);
    }
    return symbols;
}

} // namespace millrace::onnx
