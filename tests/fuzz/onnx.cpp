// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzTarget.h"
#include "base/File.h"
#include "onnx/Model.h"

#include <unistd.h>

using namespace millrace;

/// A model that loads has a graph that fits together; any other gives one clear line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("millrace-fuzz-{}.onnx", ::getpid());
    test::require(writeFileAtomically(path, test::textOf(data, size)).has_value(), path.string());
    NoProgress quiet;
    const auto model = onnx::load(path, {}, {}, quiet);
    std::filesystem::remove(path);
    if (!model) {
        test::requireOneLine(model.error().message);
        return 0;
    }
    const graph::Graph& graph = model->graph();
    const auto order = graph::topologicalOrder(graph.layers.size(), graph.dataflow());
    test::require(order.has_value(), "a loaded graph has no cycle");
    for (std::size_t i = 0; i < order->size(); ++i)
        test::require((*order)[i] == LayerId(i), "its layers are in topological order");
    return 0;
}
