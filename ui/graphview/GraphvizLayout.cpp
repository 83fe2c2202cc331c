// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphLayout.h"

#include <gvc.h>

#include <cstdlib>
#include <memory>
#include <mutex>

namespace millrace::ui
{
namespace
{

constexpr double kPointsPerInch = 72;

/// Graphviz takes char pointers that it does not write to.
char* fixed(const char* text)
{
    return const_cast<char*>(text);
}

struct ContextDeleter {
    void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct GraphDeleter {
    void operator()(Agraph_t* graph) const { agclose(graph); }
};

QPointF point(const pointf& p)
{
    return {p.x, -p.y};
}

std::vector<QPointF> curveOf(Agedge_t* edge)
{
    const splines* spline = ED_spl(edge);
    if (spline == nullptr || spline->size == 0)
        return {};
    const bezier& piece = spline->list[0];
    std::vector<QPointF> curve;
    if (piece.sflag != 0)
        curve = {point(piece.sp), point(piece.sp), point(piece.list[0])};
    for (std::size_t i = 0; i < static_cast<std::size_t>(piece.size); ++i)
        curve.push_back(point(piece.list[i]));
    if (piece.eflag != 0) {
        const QPointF last = curve.back();
        curve.insert(curve.end(), {last, point(piece.ep), point(piece.ep)});
    }
    return curve;
}

} // namespace

RowLayout graphvizRow(const graph::Graph& graph)
{
    static std::mutex oneAtATime;
    const std::scoped_lock lock(oneAtATime);

    RowLayout layout;
    const std::unique_ptr<GVC_t, ContextDeleter> context(gvContext());
    const std::unique_ptr<Agraph_t, GraphDeleter> drawn(agopen(fixed("g"), Agdirected, nullptr));
    agattr(drawn.get(), AGRAPH, fixed("rankdir"), fixed("LR"));
    agattr(drawn.get(), AGRAPH, fixed("nodesep"), fixed("0.22"));
    agattr(drawn.get(), AGRAPH, fixed("ranksep"), fixed("0.42"));
    agattr(drawn.get(), AGNODE, fixed("shape"), fixed("box"));
    agattr(drawn.get(), AGNODE, fixed("fixedsize"), fixed("true"));
    agattr(drawn.get(), AGNODE, fixed("label"), fixed(""));
    agattr(drawn.get(), AGNODE, fixed("width"), std::to_string(kNodeWidth / kPointsPerInch).data());
    agattr(drawn.get(), AGNODE, fixed("height"),
           std::to_string(kNodeHeight / kPointsPerInch).data());
    agattr(drawn.get(), AGEDGE, fixed("arrowhead"), fixed("none"));

    std::vector<Agnode_t*> nodes;
    for (std::size_t i = 0; i < graph.layers.size(); ++i)
        nodes.push_back(agnode(drawn.get(), std::to_string(i).data(), 1));
    std::vector<Agedge_t*> edges;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const graph::DataflowTensor& flow = graph.tensors[t].flow;
        for (const LayerId consumer : flow.consumers) {
            if (!flow.producer)
                continue;
            edges.push_back(agedge(drawn.get(), nodes[flow.producer->index()],
                                   nodes[consumer.index()], nullptr, 1));
            layout.edges.push_back({TensorId(t), *flow.producer, consumer, {}});
        }
    }
    if (gvLayout(context.get(), drawn.get(), "dot") != 0)
        return layeredRow(graph);
    for (Agnode_t* node : nodes)
        layout.centres.push_back(point(ND_coord(node)));
    for (std::size_t e = 0; e < edges.size(); ++e)
        layout.edges[e].curve = curveOf(edges[e]);
    gvFreeLayout(context.get(), drawn.get());
    return layout;
}

} // namespace millrace::ui
