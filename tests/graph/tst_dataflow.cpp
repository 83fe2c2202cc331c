// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/Architecture.h"
#include "graph/Dataflow.h"

#include <QTest>

namespace millrace::graph
{
namespace
{

LayerId layer(std::size_t index)
{
    return LayerId(index);
}

/// input(1) -> 0 -a(10)-> 1 -b(100)-> 2 -out(1000)->, and 0 -a-> 2: a is needed twice.
std::vector<DataflowTensor> diamond()
{
    return {{Bytes{1}, {}, {layer(0)}, false},
            {Bytes{10}, layer(0), {layer(1), layer(2)}, false},
            {Bytes{100}, layer(1), {layer(2)}, false},
            {Bytes{1000}, layer(2), {}, true}};
}

std::vector<LayerId> order(std::initializer_list<std::size_t> indices)
{
    std::vector<LayerId> layers;
    for (const std::size_t index : indices)
        layers.push_back(layer(index));
    return layers;
}

} // namespace

class TestDataflow : public QObject
{
    Q_OBJECT
private slots:
    void anOrderThatIsTopologicalStays()
    {
        QVERIFY(topologicalOrder(3, diamond()).value() == order({0, 1, 2}));
    }

    void producersComeFirst()
    {
        const std::vector<DataflowTensor> backwards{{Bytes{1}, layer(2), {layer(1)}, false},
                                                    {Bytes{1}, layer(1), {layer(0)}, false}};
        QVERIFY(topologicalOrder(3, backwards).value() == order({2, 1, 0}));
        QVERIFY(topologicalOrder(0, {}).value().empty());
    }

    void aCycleIsNamed()
    {
        const std::vector<DataflowTensor> cycle{{Bytes{1}, layer(1), {layer(2)}, false},
                                                {Bytes{1}, layer(2), {layer(1)}, false}};
        const auto sorted = topologicalOrder(3, cycle);
        QVERIFY(!sorted && sorted.error().code == ErrorCode::ParseError);
        QVERIFY(sorted.error().message.starts_with("layer 1 ") ||
                sorted.error().message.starts_with("layer 2 "));
    }

    void aTensorCrossesACutOnce()
    {
        const std::vector<Bytes> expected{Bytes{1}, Bytes{10}, Bytes{110}, Bytes{1000}};
        QVERIFY(linearPayloads(order({0, 1, 2}), diamond()) == expected);
    }

    void payloadsAgreeWithTheCutsOfTheOrder()
    {
        const auto tensors = diamond();
        QVERIFY(payload({false, false, false}, tensors) == Bytes{1});
        QVERIFY(payload({true, false, false}, tensors) == Bytes{10});
        QVERIFY(payload({true, true, false}, tensors) == Bytes{110});
        QVERIFY(payload({true, true, true}, tensors) == Bytes{1000});
    }

    void anOutputThatIsUsedInsideStillLeaves()
    {
        auto tensors = diamond();
        tensors[1].isOutput = true;
        QVERIFY(payload({true, true, true}, tensors) == Bytes{1010});
    }

    void activationsAreWhatIsLive()
    {
        const std::vector<Bytes> expected{Bytes{11}, Bytes{110}, Bytes{1110}};
        QVERIFY(activationBytes(order({0, 1, 2}), diamond()) == expected);
    }

    void parametersAddUp()
    {
        Architecture network;
        QCOMPARE(network.parameterCount(), std::int64_t{0});
        network.layers = {{"in", "InputLayer", {}, 10, 0},
                          {"conv", "Conv2D", {0}, 10, 5'000'000'000},
                          {"dense", "Dense", {1}, 10, 3}};
        QCOMPARE(network.parameterCount(), std::int64_t{5'000'000'003});
    }
};

} // namespace millrace::graph

QTEST_APPLESS_MAIN(millrace::graph::TestDataflow)
#include "tst_dataflow.moc"
