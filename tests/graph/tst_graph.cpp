// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/Graph.h"
#include "support/ShowString.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <random>
#include <set>

using namespace millrace;
using namespace millrace::graph;

namespace
{

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

DataflowTensor tensor(std::int64_t bytes, std::optional<int> producer, std::vector<int> consumers,
                      bool output = false)
{
    DataflowTensor made;
    made.bytes.value = bytes;
    if (producer)
        made.producer.emplace(*producer);
    for (const int consumer : consumers)
        made.consumers.emplace_back(consumer);
    made.isOutput = output;
    return made;
}

std::vector<LayerId> ids(const std::vector<int>& layers)
{
    std::vector<LayerId> made;
    for (const int layer : layers)
        made.emplace_back(layer);
    return made;
}

std::vector<std::int64_t> values(const std::vector<Bytes>& bytes)
{
    std::vector<std::int64_t> made;
    for (const Bytes b : bytes)
        made.push_back(b.value);
    return made;
}

/// in -> 0 -> {1, 2} -> 3 -> out; 0's result is skipped on to 3, too.
std::vector<DataflowTensor> diamond()
{
    return {tensor(10, std::nullopt, {0}), tensor(100, 0, {1, 2, 3}), tensor(20, 1, {3}),
            tensor(30, 2, {3}), tensor(5, 3, {}, true)};
}

/// Layers are numbered at random, so that the order they stand in is rarely topological.
std::vector<DataflowTensor> randomFlow(unsigned seed, int layers)
{
    std::mt19937 random(seed);
    const auto below = [&random](int bound) {
        return static_cast<int>(random() % static_cast<unsigned>(bound));
    };
    std::vector<int> number(static_cast<std::size_t>(layers));
    for (int i = 0; i < layers; ++i)
        number[static_cast<std::size_t>(i)] = i;
    std::shuffle(number.begin(), number.end(), random);
    std::vector<DataflowTensor> tensors;
    for (int place = -2; place < layers; ++place) {
        std::set<int> consumers;
        for (int later = std::max(place + 1, 0); later < layers; ++later)
            if (below(layers) < 2)
                consumers.insert(number[static_cast<std::size_t>(later)]);
        tensors.push_back(tensor(below(100),
                                 place < 0 ? std::nullopt
                                           : std::optional(number[static_cast<std::size_t>(place)]),
                                 {consumers.begin(), consumers.end()}, below(5) == 0));
    }
    return tensors;
}

bool isTopological(const std::vector<LayerId>& order, const std::vector<DataflowTensor>& tensors,
                   int layers)
{
    if (order.size() != static_cast<std::size_t>(layers) ||
        std::set<LayerId>(order.begin(), order.end()).size() != order.size())
        return false;
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        position[order[i].index()] = i;
    for (const DataflowTensor& t : tensors)
        for (const LayerId consumer : t.consumers)
            if (t.producer && position[t.producer->index()] >= position[consumer.index()])
                return false;
    return true;
}

} // namespace

class TestGraph : public QObject
{
    Q_OBJECT
private slots:
    void topologicalOrderKeepsWhatIsInOrder()
    {
        QVERIFY(topologicalOrder(4, diamond()).value() == ids({0, 1, 2, 3}));
        QVERIFY(topologicalOrder(3, {}).value() == ids({0, 1, 2}));
        QVERIFY(topologicalOrder(0, {}).value().empty());
        const std::vector<DataflowTensor> backwards = {tensor(1, 2, {1}), tensor(1, 1, {0})};
        QVERIFY(topologicalOrder(3, backwards).value() == ids({2, 1, 0}));
    }

    void cycles_data()
    {
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("which");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("a layer that needs itself")
            << 2 << 0 << QByteArray("layer 1 depends on itself through a cycle");
        QTest::newRow("two layers")
            << 3 << 1 << QByteArray("layer 2 depends on itself through a cycle");
        QTest::newRow("a layer behind the cycle is not blamed")
            << 3 << 2 << QByteArray("layer 2 depends on itself through a cycle");
    }
    void cycles()
    {
        QFETCH(int, layers);
        QFETCH(int, which);
        QFETCH(QByteArray, message);
        const std::vector<std::vector<DataflowTensor>> flows = {
            {tensor(1, 1, {1})},
            {tensor(1, 0, {1}), tensor(1, 1, {2}), tensor(1, 2, {1})},
            {tensor(1, 1, {0}), tensor(1, 2, {1, 2})}};
        const auto& flow = flows[static_cast<std::size_t>(which)];
        for (const auto& order : {topologicalOrder(static_cast<std::size_t>(layers), flow),
                                  compactOrder(static_cast<std::size_t>(layers), flow)}) {
            QVERIFY(!order);
            QVERIFY(order.error().code == ErrorCode::ParseError);
            QCOMPARE(order.error().message, message.toStdString());
        }
    }

    void payloadsOfTheDiamond()
    {
        QVERIFY(values(linearPayloads(ids({0, 1, 2, 3}), diamond())) ==
                (std::vector<std::int64_t>{10, 100, 120, 150, 5}));
        QVERIFY(values(linearPayloads(ids({0, 2, 1, 3}), diamond())) ==
                (std::vector<std::int64_t>{10, 100, 130, 150, 5}));
    }

    void payloadsOfSpecialTensors()
    {
        // An input nobody needs, one that is an output as well, a result nobody needs, an output
        // that a later layer reads, too.
        const std::vector<DataflowTensor> flow = {tensor(1, std::nullopt, {}),
                                                  tensor(2, std::nullopt, {0}, true),
                                                  tensor(4, 0, {}), tensor(8, 0, {1}, true)};
        QVERIFY(values(linearPayloads(ids({0, 1}), flow)) ==
                (std::vector<std::int64_t>{2, 10, 10}));
    }

    void activations()
    {
        QVERIFY(values(activationBytes(ids({0, 1, 2, 3}), diamond())) ==
                (std::vector<std::int64_t>{110, 120, 150, 155}));
        // By layer, not by position.
        QVERIFY(values(activationBytes(ids({0, 2, 1, 3}), diamond())) ==
                (std::vector<std::int64_t>{110, 150, 130, 155}));
    }

    void randomFlowsAgreeWithTheDefinitions()
    {
        for (unsigned seed = 0; seed < 300; ++seed) {
            const int layers = 1 + static_cast<int>(seed % 12);
            const auto flow = randomFlow(seed, layers);
            for (const auto& order : {topologicalOrder(static_cast<std::size_t>(layers), flow),
                                      compactOrder(static_cast<std::size_t>(layers), flow)}) {
                QVERIFY(order && isTopological(*order, flow, layers));
                compareWithDefinitions(*order, flow);
            }
        }
    }

    /// Depth first: finishing one branch before the next keeps less alive than going level by
    /// level.
    void compactOrderFinishesBranches()
    {
        std::vector<DataflowTensor> flow = {tensor(10, std::nullopt, {0}),
                                            tensor(10, 0, {1, 2, 3})};
        for (int branch = 0; branch < 3; ++branch) {
            flow.push_back(tensor(100, 1 + branch, {4 + branch}));
            flow.push_back(tensor(1, 4 + branch, {7}));
        }
        flow.push_back(tensor(1, 7, {}, true));
        const auto order = compactOrder(8, flow).value();
        const auto payloads = linearPayloads(order, flow);
        QCOMPARE(std::max_element(payloads.begin(), payloads.end())->value, 111);
        QVERIFY(compactOrder(8, flow).value() == order);
    }

    void denseSizes_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QList<qint64>>("shape");
        QTest::addColumn<qint64>("bytes"); // -1: too large, -2: no shape
        const auto row = [](const char* name, DType type, QList<qint64> shape, qint64 bytes) {
            QTest::newRow(name) << static_cast<int>(type) << shape << bytes;
        };
        row("scalar", DType::Float32, {}, 4);
        row("image", DType::Float32, {1, 3, 224, 224}, 602112);
        row("half", DType::Float16, {3, 5}, 30);
        row("bool", DType::Bool, {7}, 7);
        row("complex", DType::Complex128, {2}, 32);
        row("four bits round up", DType::Int4, {3}, 2);
        row("four bits, one", DType::UInt4, {1}, 1);
        row("empty", DType::Float64, {4, 0, 4}, 0);
        row("empty but for one huge dim", DType::Float64, {kMax, kMax, 0}, 0);
        row("text has no size", DType::String, {1000}, 0);
        row("elements overflow", DType::UInt8, {std::int64_t{1} << 32, std::int64_t{1} << 31}, -1);
        row("bytes overflow", DType::Float64, {std::int64_t{1} << 60}, -1);
        row("negative", DType::Float32, {2, -1}, -2);
        row("negative behind an overflow", DType::Float32, {kMax, kMax, -1}, -2);
    }
    void denseSizes()
    {
        QFETCH(int, type);
        QFETCH(QList<qint64>, shape);
        QFETCH(qint64, bytes);
        const auto size = denseBytes(static_cast<DType>(type), {shape.begin(), shape.end()});
        if (bytes >= 0) {
            QVERIFY(size);
            QCOMPARE(size->value, bytes);
        } else {
            QVERIFY(!size);
            QVERIFY(size.error().code ==
                    (bytes == -1 ? ErrorCode::ResourceExhausted : ErrorCode::InvalidArgument));
        }
    }

    void typesHaveNames()
    {
        QCOMPARE(std::string(name(DType::Undefined)), std::string("undefined"));
        QCOMPARE(std::string(name(DType::BFloat16)), std::string("bfloat16"));
        QCOMPARE(std::string(name(DType::Float4E2M1)), std::string("float4e2m1"));
        QCOMPARE(bitsPerElement(DType::UInt64), 64);
        QCOMPARE(bitsPerElement(DType::Float4E2M1), 4);
        std::set<std::string_view> names;
        for (int type = 0; type <= static_cast<int>(DType::Float4E2M1); ++type)
            names.insert(name(static_cast<DType>(type)));
        QCOMPARE(names.size(), std::size_t{24});
    }

    void totals()
    {
        Graph graph;
        graph.weights = {{"w", DType::Float32, {10, 10}, {400}, {LayerId(0), LayerId(1)}},
                         {"h", DType::Float16, {3}, {6}, {LayerId(0)}},
                         {"shape", DType::Int64, {4}, {32}, {LayerId(1)}},
                         {"epsilon", DType::Float32, {}, {4}, {LayerId(1)}},
                         {"none", DType::Float32, {0, 7}, {0}, {LayerId(1)}}};
        QCOMPARE(graph.totalWeightBytes().value, 442);
        QCOMPARE(graph.parameterCount(), 103);
        Tensor t;
        t.flow = tensor(7, 0, {1});
        graph.tensors = {t};
        QVERIFY(graph.dataflow() == (std::vector<DataflowTensor>{tensor(7, 0, {1})}));
    }

private:
    static void compareWithDefinitions(const std::vector<LayerId>& order,
                                       const std::vector<DataflowTensor>& flow)
    {
        const auto payloads = linearPayloads(order, flow);
        const auto activation = activationBytes(order, flow);
        std::vector<bool> inside(order.size(), false);
        QCOMPARE(payloads.size(), order.size() + 1);
        QVERIFY(payloads[0] == payload(inside, flow));
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::vector<bool> before = inside;
            inside[order[i].index()] = true;
            QVERIFY(payloads[i + 1] == payload(inside, flow));
            QVERIFY(activation[order[i].index()] == liveAt(order[i], before, flow));
        }
    }
    /// Made or fed before (or made by the layer itself) and needed at it or later.
    static Bytes liveAt(LayerId layer, const std::vector<bool>& before,
                        const std::vector<DataflowTensor>& flow)
    {
        Bytes live;
        for (const DataflowTensor& t : flow) {
            const bool own = t.producer == layer;
            const bool there = !t.producer || own || before[t.producer->index()];
            const bool needed =
                t.isOutput || std::any_of(t.consumers.begin(), t.consumers.end(),
                                          [&](LayerId c) { return !before[c.index()]; });
            if (own || (there && needed))
                live += t.bytes;
        }
        return live;
    }
};

QTEST_APPLESS_MAIN(TestGraph)
#include "tst_graph.moc"
