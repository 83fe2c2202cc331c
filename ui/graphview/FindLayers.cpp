// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/FindLayers.h"

#include <algorithm>

namespace millrace::ui
{

std::vector<LayerId> layersMatching(const graph::Graph& graph, const QString& what)
{
    std::vector<LayerId> found;
    if (what.isEmpty())
        return found;
    const auto matches = [&what](const std::string& candidate) {
        return QString::fromStdString(candidate).contains(what, Qt::CaseInsensitive);
    };
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
        const graph::Layer& layer = graph.layers[i];
        const bool tensor =
            std::any_of(layer.outputs.begin(), layer.outputs.end(),
                        [&](TensorId id) { return matches(graph.tensors[id.index()].name); });
        if (tensor || matches(layer.name) || matches(layer.op))
            found.emplace_back(i);
    }
    return found;
}

} // namespace millrace::ui
