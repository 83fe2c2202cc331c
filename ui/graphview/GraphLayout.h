// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `graphview`: the layer graph. The only user of Graphviz, whose headers stay in one source
/// file.
#pragma once

#include "graph/Graph.h"

#include <QPainterPath>
#include <QRectF>

#include <stop_token>
#include <vector>

namespace millrace::ui
{

/// One arrow: a tensor from its producer to one consumer.
struct LaidOutEdge {
    TensorId tensor;
    LayerId from, to;
    QPainterPath path;
};

/// Where everything is drawn, in scene units (a node is kNodeWidth x kNodeHeight).
struct GraphLayout {
    std::vector<QRectF> nodes; ///< by layer
    std::vector<LaidOutEdge> edges;
    QRectF bounds;
    int bands = 1; ///< rows that a long graph was folded into
};

inline constexpr double kNodeWidth = 118;
inline constexpr double kNodeHeight = 50;

/// Lays the graph out from left to right with Graphviz's dot and folds it into as many rows as fit
/// a pane of this aspect (width / height); above kGraphvizLimit layers with a plain layered layout.
/// Deterministic. One call at a time in the whole process (Graphviz is not thread-safe); looks at
/// the token between its phases. ~0.2 s for 400 layers, ~0.8 s for 1,700.
[[nodiscard]] GraphLayout layOut(const graph::Graph& graph, double aspect,
                                 const std::stop_token& stop);
inline constexpr std::size_t kGraphvizLimit = 2500;

/// Node centres and edge curves in one long row, as Graphviz or the layered layout make them; y
/// grows downwards.
struct RowLayout {
    std::vector<QPointF> centres; ///< by layer
    struct Edge {
        TensorId tensor;
        LayerId from, to;
        std::vector<QPointF>
            curve; ///< Bezier: start, then three points for each piece; empty: straight
    };
    std::vector<Edge> edges;
};
[[nodiscard]] RowLayout graphvizRow(const graph::Graph& graph);
[[nodiscard]] RowLayout layeredRow(const graph::Graph& graph);

} // namespace millrace::ui
