// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/MakeProblem.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

// One core of a small x86 computer with ONNX Runtime, ResNet-50 measured at about 95 ms: a roofline
// (Williams, Waterman, Patterson 2009) of sustained arithmetic and memory traffic, and a cost per
// kernel.
constexpr double kFlopsPerSecond = 80e9;
constexpr double kBytesPerSecond = 8e9;
constexpr Seconds kPerLayer{5e-6};

} // namespace

LayerTimes estimateTimes(const graph::Graph& graph)
{
    LayerTimes times;
    times.source = TimesSource::Estimated;
    for (const graph::Layer& layer : graph.layers) {
        Bytes traffic = layer.weightBytes;
        for (const WeightId id : layer.weights)
            if (graph.weights[id.index()].consumers.size() > 1)
                traffic += graph.weights[id.index()].bytes;
        for (const auto& ids : {layer.inputs, layer.outputs})
            for (const TensorId id : ids)
                traffic += graph.tensors[id.index()].flow.bytes;
        const double seconds = std::max(layer.flops / kFlopsPerSecond,
                                        static_cast<double>(traffic.value) / kBytesPerSecond);
        times.reference.push_back(kPerLayer + Seconds{seconds});
    }
    return times;
}

} // namespace millrace::plan
