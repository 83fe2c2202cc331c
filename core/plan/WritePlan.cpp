// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "plan/Plan.h"

#include <cmath>

namespace millrace::plan
{
namespace
{

std::string_view kindName(BottleneckKind kind)
{
    switch (kind) {
    case BottleneckKind::Compute:
        return "compute";
    case BottleneckKind::Transfer:
        return "transfer";
    case BottleneckKind::Stage:
        return "stage";
    }
    return "stage";
}

Json numberOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json stageJson(const Stage& stage, const std::vector<std::string>& deviceNames)
{
    Json layers = Json::array();
    for (const LayerId layer : stage.layers)
        layers.push_back(layer.value);
    return {{"device", deviceNames.at(stage.device.index())},
            {"layers", std::move(layers)},
            {"memory_bytes", stage.memory.value},
            {"compute_s", numberOrNull(stage.compute.value)}};
}

Json hopJson(const Hop& hop, const std::vector<std::string>& deviceNames)
{
    const auto end = [&](const std::optional<DeviceId>& device) {
        return device ? Json(deviceNames.at(device->index())) : Json(nullptr);
    };
    return {{"from", end(hop.from)},
            {"to", end(hop.to)},
            {"bytes", hop.bytes.value},
            {"seconds", numberOrNull(hop.seconds.value)}};
}

} // namespace

std::string writePlan(const Plan& plan, const std::vector<std::string>& deviceNames)
{
    const auto ifPlanned = [&plan](Json value) {
        return plan.hasStages() ? std::move(value) : Json(nullptr);
    };
    Json json = {{"format", "millrace-plan/1"}, {"status", std::string(name(plan.status))}};
    json["model"] = nullptr;
    const PlanRecord& record = plan.record;
    if (!record.modelSha256.empty()) {
        Json dims = Json::object();
        for (const auto& [key, value] : record.dims)
            dims[key] = value;
        json["model"] = {{"sha256", record.modelSha256}, {"dims", std::move(dims)}};
    }
    json["times"] = nullptr;
    if (record.times)
        json["times"] = *record.times == TimesSource::Measured ? "measured" : "estimated";
    json["bottleneck_s"] = ifPlanned(numberOrNull(plan.bottleneckTime.value));
    json["lower_bound_s"] =
        plan.status == Status::Infeasible ? Json(nullptr) : numberOrNull(plan.lowerBound.value);
    json["gap"] = ifPlanned(numberOrNull(plan.gap()));
    json["throughput_per_s"] = ifPlanned(numberOrNull(plan.throughput()));
    const Pipeline pipeline = plan.pipelines.empty() ? Pipeline{} : plan.pipelines.front();
    json["end_to_end_s"] = ifPlanned(numberOrNull(pipeline.endToEnd.value));
    json["single_device_s"] =
        plan.singleDevice ? numberOrNull(plan.singleDevice->value) : Json(nullptr);
    json["stages"] = Json::array();
    for (const Stage& stage : pipeline.stages)
        json["stages"].push_back(stageJson(stage, deviceNames));
    json["hops"] = Json::array();
    for (const Hop& hop : pipeline.hops)
        json["hops"].push_back(hopJson(hop, deviceNames));
    json["bottleneck"] = ifPlanned({{"kind", std::string(kindName(pipeline.bottleneck.kind))},
                                    {"index", pipeline.bottleneck.index}});
    json["why_infeasible"] = plan.whyInfeasible;
    json["notes"] = plan.notes;
    const bool convex = plan.solver.searchSpace == SearchSpace::Convex;
    json["solver"] = {{"algorithm", plan.solver.algorithm},
                      {"elapsed_s", plan.solver.elapsed.value},
                      {"parse_s", plan.solver.parse.value},
                      {"search_space", convex ? "convex" : "linear"}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace millrace::plan
