// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphLayout.h"

#include <QTest>

namespace millrace::ui
{
namespace
{

/// 0 -> 1 -> ... -> n-1, and 0 -> n-1.
graph::Graph chain(std::size_t layers)
{
    graph::Graph graph;
    for (std::size_t i = 0; i < layers; ++i) {
        graph.layers.emplace_back().name = "layer" + std::to_string(i);
        if (i + 1 == layers)
            break;
        graph::Tensor tensor;
        tensor.name = "t" + std::to_string(i);
        tensor.flow.producer = LayerId(i);
        tensor.flow.consumers = {LayerId(i + 1)};
        if (i == 0 && layers > 2)
            tensor.flow.consumers.push_back(LayerId(layers - 1));
        graph.layers[i].outputs.push_back(TensorId(i));
        graph.tensors.push_back(tensor);
    }
    for (std::size_t t = 0; t < graph.tensors.size(); ++t)
        for (const LayerId consumer : graph.tensors[t].flow.consumers)
            graph.layers[consumer.index()].inputs.push_back(TensorId(t));
    return graph;
}

} // namespace

class TestGraphLayout : public QObject
{
    Q_OBJECT
private slots:
    void rowsGoFromLeftToRight_data()
    {
        QTest::addColumn<bool>("graphviz");
        QTest::newRow("Graphviz") << true;
        QTest::newRow("layered") << false;
    }
    void rowsGoFromLeftToRight()
    {
        QFETCH(bool, graphviz);
        const graph::Graph graph = chain(6);
        const RowLayout row = graphviz ? graphvizRow(graph) : layeredRow(graph);
        QCOMPARE(row.centres.size(), std::size_t{6});
        QCOMPARE(row.edges.size(), std::size_t{6});
        for (std::size_t i = 1; i < 6; ++i)
            QVERIFY(row.centres[i].x() >= row.centres[i - 1].x() + kNodeWidth);
    }

    void everyLayerAndArrowHasItsPlace()
    {
        const graph::Graph graph = chain(40);
        const GraphLayout layout = layOut(graph, 1.5, {});
        QCOMPARE(layout.nodes.size(), std::size_t{40});
        QCOMPARE(layout.edges.size(), std::size_t{40});
        for (std::size_t a = 0; a < 40; ++a) {
            QVERIFY(layout.bounds.contains(layout.nodes[a]));
            for (std::size_t b = 0; b < a; ++b)
                QVERIFY(!layout.nodes[a].intersects(layout.nodes[b]));
        }
        for (const LaidOutEdge& edge : layout.edges)
            QVERIFY(!edge.path.isEmpty());
    }

    void aLongGraphIsFolded()
    {
        const graph::Graph graph = chain(40);
        QVERIFY(layOut(graph, 1.5, {}).bands > 1);
        QCOMPARE(layOut(chain(2), 1.5, {}).bands, 1);
    }

    void theSameGraphLooksTheSame()
    {
        const graph::Graph graph = chain(20);
        QVERIFY(layOut(graph, 1.5, {}).nodes == layOut(graph, 1.5, {}).nodes);
    }

    void anEmptyGraphIsNoTrouble()
    {
        const GraphLayout layout = layOut({}, 1.5, {});
        QVERIFY(layout.nodes.empty() && layout.edges.empty());
    }
};

} // namespace millrace::ui

QTEST_GUILESS_MAIN(millrace::ui::TestGraphLayout)
#include "tst_graph_layout.moc"
