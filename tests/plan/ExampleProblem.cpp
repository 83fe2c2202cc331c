// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"

namespace millrace::test
{
namespace
{

void linkAll(plan::Problem& problem, double bandwidth, double occupancy, double delay)
{
    const std::size_t count = problem.devices.size();
    problem.bandwidth = plan::Matrix<BitsPerSecond>(count, {bandwidth});
    problem.occupancy = plan::Matrix<Seconds>(count, {occupancy});
    problem.delay = plan::Matrix<Seconds>(count, {delay});
}

} // namespace

plan::Problem exampleProblem()
{
    plan::Problem problem;
    const std::map<std::string, Seconds> seconds = {{"x", {1}}, {"y", {2}}};
    problem.layers = {{"a", {100}, {10}, seconds},
                      {"b", {100}, {20}, seconds},
                      {"c", {100}, {30}, seconds},
                      {"d", {100}, {40}, seconds}};
    problem.tensors = {{{80}, std::nullopt, {LayerId(0)}, false},
                       {{800}, LayerId(0), {LayerId(1), LayerId(3)}, false},
                       {{400}, LayerId(1), {LayerId(2)}, false},
                       {{200}, LayerId(2), {LayerId(3)}, false},
                       {{40}, LayerId(3), {}, true}};
    problem.sharedWeights = {{{7}, {LayerId(0), LayerId(2)}}};
    problem.devices = {{"gw", "g", {0}, false},
                       {"p", "x", {2000}, true},
                       {"q", "y", {2000}, true},
                       {"r", "x", {2000}, true}};
    linkAll(problem, 800, 0.5, 0.25);
    problem.bandwidth.at(DeviceId(3), DeviceId(1)).value = 0;
    problem.source = problem.sink = DeviceId(0);
    problem.memoryModel = {{5}, 1, 0.5};
    problem.stages = {1, 3};
    return problem;
}

plan::Plan examplePlan(const plan::Problem& problem)
{
    plan::Plan plan;
    plan.pipelines.emplace_back().stages = {{DeviceId(1), {LayerId(0), LayerId(1)}, {}, {}},
                                            {DeviceId(2), {LayerId(2)}, {}, {}},
                                            {DeviceId(3), {LayerId(3)}, {}, {}}};
    plan.status = plan::Status::Feasible;
    plan.lowerBound.value = 0.5;
    plan::fillFigures(problem, plan);
    return plan;
}

plan::Problem chainProblem(int count, int devices)
{
    plan::Problem problem;
    problem.tensors.push_back({{10}, std::nullopt, {LayerId(0)}, false});
    for (int i = 0; i < count; ++i) {
        problem.layers.push_back({"layer" + std::to_string(i), {10}, {0}, {{"x", {1}}}});
        std::vector<LayerId> consumers;
        if (i + 1 < count)
            consumers.emplace_back(i + 1);
        problem.tensors.push_back({{10}, LayerId(i), consumers, i + 1 == count});
    }
    for (int d = 0; d < devices; ++d)
        problem.devices.push_back({"device" + std::to_string(d), "x", {1000000}, true});
    linkAll(problem, 80, 0, 0);
    return problem;
}

} // namespace millrace::test
