// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/KernelTrace.h"
#include "support/ShowString.h"

#include <QTest>

namespace millrace::profile
{
namespace
{

/// As ONNX Runtime writes an event.
std::string traced(const std::string& category, const std::string& name, int start, int duration)
{
    return fmt::format(
        R"({{"cat" : "{}","pid" :1,"tid" :1,"dur" :{},"ts" :{},"ph" : "X","name" :"{}","args" : {{}}}})",
        category, duration, start, name);
}

std::string trace(const std::vector<std::string>& events)
{
    return fmt::format("[\n{}\n]\n", fmt::join(events, ",\n"));
}

std::vector<std::string> namesOf(const std::vector<Kernel>& kernels)
{
    std::vector<std::string> names;
    for (const Kernel& kernel : kernels)
        names.push_back(kernel.name);
    return names;
}

using Names = std::vector<std::string>;

} // namespace

class TestKernelTrace : public QObject
{
    Q_OBJECT
private slots:
    void kernelsBelongToTheirRunInOrder()
    {
        const auto runs = parseKernels(
            trace({traced("Session", "model_run", 0, 100), traced("Node", "b_kernel_time", 50, 10),
                   traced("Node", "a_kernel_time", 10, 20), traced("Node", "a_fence_before", 9, 1),
                   traced("Session", "model_run", 200, 100),
                   traced("Node", "c_kernel_time", 210, 5),
                   traced("Node", "d_kernel_time", 400, 5)}),
            "trace");
        QVERIFY(runs);
        QCOMPARE(runs->size(), std::size_t{2});
        QVERIFY(namesOf(runs->at(0)) == (Names{"a", "b"}));
        QVERIFY(namesOf(runs->at(1)) == (Names{"c"}));
        QCOMPARE(runs->at(0)[0].start, 10.0);
        QCOMPARE(runs->at(0)[0].end, 30.0);
    }

    void kernelsOfASubgraphAreTheirParents()
    {
        const auto runs = parseKernels(
            trace({traced("Session", "model_run", 0, 100), traced("Node", "if_kernel_time", 10, 50),
                   traced("Node", "inner_kernel_time", 20, 10),
                   traced("Node", "after_kernel_time", 60, 10)}),
            "trace");
        QVERIFY(namesOf(runs.value()[0]) == (Names{"if", "after"}));
    }

    void namesAreWrittenAsTheyAre()
    {
        const auto runs = parseKernels(trace({traced("Session", "model_run", 0, 100),
                                              traced("Node", "say \"hi\"\n\\_kernel_time", 10, 5)}),
                                       "trace");
        QVERIFY(runs);
        QVERIFY(namesOf(runs->at(0)) == (Names{"say \"hi\"\n\\"}));
    }

    void halfATraceIsAnError()
    {
        const auto runs = parseKernels("[{\"cat\" : \"Node\"", "half.json");
        QVERIFY(!runs && runs.error().code == ErrorCode::ParseError);
        QVERIFY(runs.error().message.starts_with("half.json"));
        QVERIFY(parseKernels("[]", "t").value().empty());
    }

    void ownersAreFoundByNameAndByWhatTheyMake()
    {
        const std::vector<ProfiledLayer> layers{{"conv", {"conv_out"}}, {"relu", {"relu_out"}}};
        const Owners owners(layers);
        QVERIFY(owners.find("conv") == std::size_t{0});
        QVERIFY(owners.find("relu_out") == std::size_t{1});
        QVERIFY(owners.find("fused relu_out nchwc") == std::size_t{1});
        QVERIFY(!owners.find("reorder"));
    }

    void theLongestNameInsideWins()
    {
        const std::vector<ProfiledLayer> layers{
            {"conv", {}}, {"conv_2", {}}, {"a", {}}, {"conv_23", {}}};
        const Owners owners(layers);
        QVERIFY(owners.find("x conv_23 y") == std::size_t{3});
        QVERIFY(owners.find("x conv_2 y") == std::size_t{1});
        QVERIFY(!owners.find("an apple")); // names of up to three letters are in anything
    }

    void whatNobodyOwnsGoesToTheLayerBefore()
    {
        const std::vector<ProfiledLayer> layers{{"conv", {}}, {"relu", {}}};
        const Owners owners(layers);
        std::map<std::string, std::optional<std::size_t>> known;
        const std::vector<Kernel> kernels{
            {"copy", 0, 1}, {"conv", 1, 11}, {"relu", 11, 13}, {"reorder", 13, 20}};
        const auto times = charge(kernels, owners, known, 2);
        QVERIFY(times == (std::vector<double>{11, 9}));
        QCOMPARE(known.size(), std::size_t{4});
        QVERIFY(charge(kernels, owners, known, 2) == times);
    }
};

} // namespace millrace::profile

QTEST_APPLESS_MAIN(millrace::profile::TestKernelTrace)
#include "tst_kernel_trace.moc"
