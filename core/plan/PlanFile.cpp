// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "plan/Plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::plan
{
namespace
{

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMaxIndex = std::numeric_limits<std::int32_t>::max();

/// Reads field after field; the first error sticks and later reads are skipped.
class Reader : JsonFields
{
public:
    explicit Reader(std::vector<std::string> deviceNames) : m_deviceNames(std::move(deviceNames)) {}

    Result<Plan> plan(const JsonReader& root)
    {
        format(root, "millrace-plan/1");
        check(root.allowOnly({"format", "status", "model", "times", "bottleneck_s", "lower_bound_s",
                              "gap", "throughput_per_s", "end_to_end_s", "single_device_s",
                              "stages", "hops", "bottleneck", "why_infeasible", "notes", "solver",
                              "sensitivity"})); // a report's, not kept
        Plan plan;
        plan.status = choice<Status>(root, "status",
                                     {{"optimal", Status::Optimal},
                                      {"feasible", Status::Feasible},
                                      {"infeasible", Status::Infeasible},
                                      {"timeout", Status::Timeout},
                                      {"cancelled", Status::Cancelled}});
        model(root, plan.record);
        if (const auto times = root.optional("times"); times && !times->isNull())
            plan.record.times = choice<TimesSource>(
                root, "times",
                {{"measured", TimesSource::Measured}, {"estimated", TimesSource::Estimated}});
        plan.bottleneckTime = seconds(root, "bottleneck_s").value_or(Seconds{});
        plan.lowerBound = seconds(root, "lower_bound_s").value_or(Seconds{});
        plan.singleDevice = seconds(root, "single_device_s");
        pipeline(root, plan);
        plan.whyInfeasible = texts(root, "why_infeasible");
        plan.notes = texts(root, "notes");
        solver(root, plan.solver);
        derived(root, "gap", plan, plan.gap());
        derived(root, "throughput_per_s", plan, plan.throughput());
        if (m_error)
            return tl::unexpected(*m_error);
        return plan;
    }

    Result<PlanOutline> outline(const JsonReader& root)
    {
        format(root, "millrace-plan/1");
        PlanOutline outline;
        model(root, outline.record);
        eachIfAny(root, "stages",
                  [&](const JsonReader& at) { outline.stages.push_back(layers(at)); });
        if (!m_error && outline.stages.empty())
            check(Result<void>(root.error("the plan has no stages; nothing can be split")));
        if (m_error)
            return tl::unexpected(*m_error);
        return outline;
    }

private:
    /// As each(), but a null is none.
    template <class Visit>
    void eachIfAny(const JsonReader& at, std::string_view key, const Visit& visit)
    {
        const auto field = take(at.required(key));
        if (field && !field->isNull())
            each(at, key, visit);
    }
    template <class T>
    T choice(const JsonReader& at, std::string_view key,
             std::initializer_list<std::pair<std::string_view, T>> choices)
    {
        const auto field = take(at.required(key));
        const auto text = field ? take(field->string()) : std::nullopt;
        if (!text)
            return choices.begin()->second;
        for (const auto& [word, value] : choices)
            if (word == *text)
                return value;
        std::vector<std::string_view> words;
        for (const auto& [word, value] : choices)
            words.push_back(word);
        check(Result<void>(field->error(fmt::format("must be one of {}", fmt::join(words, ", ")))));
        return choices.begin()->second;
    }
    std::optional<Seconds> seconds(const JsonReader& at, std::string_view key)
    {
        const auto field = at.optional(key);
        if (!field || field->isNull())
            return std::nullopt;
        const auto value = take(field->number(0));
        return value ? std::optional(Seconds{*value}) : std::nullopt;
    }
    std::vector<std::string> texts(const JsonReader& root, std::string_view key)
    {
        std::vector<std::string> all;
        if (root.optional(key))
            eachIfAny(root, key,
                      [&](const JsonReader& at) { all.push_back(take(at.string()).value_or("")); });
        return all;
    }
    void model(const JsonReader& root, PlanRecord& record)
    {
        const auto model = root.optional("model");
        if (!model || model->isNull())
            return;
        check(model->allowOnly({"sha256", "dims"}));
        if (const auto hash = take(model->required("sha256")))
            record.modelSha256 = take(hash->string()).value_or("");
        const auto field = model->optional("dims");
        if (!field)
            return;
        if (!field->value().is_object())
            return check(Result<void>(field->error("an object of name: size is needed")));
        for (const auto& [key, value] : field->value().items())
            record.dims[key] =
                take(JsonReader(value, field->path() + "." + key).integer(0, kAny)).value_or(0);
    }
    std::vector<LayerId> layers(const JsonReader& at)
    {
        std::vector<LayerId> ids;
        each(at, "layers", [&](const JsonReader& item) {
            ids.emplace_back(
                static_cast<std::size_t>(take(item.integer(0, kMaxIndex)).value_or(0)));
        });
        return ids;
    }
    std::optional<DeviceId> device(const JsonReader& at, std::string_view key)
    {
        const auto field = take(at.required(key));
        if (!field || field->isNull())
            return std::nullopt;
        const auto text = take(field->string());
        if (!text)
            return std::nullopt;
        const auto found = std::find(m_deviceNames.begin(), m_deviceNames.end(), *text);
        if (found == m_deviceNames.end()) {
            check(Result<void>(field->error(
                fmt::format("there is no device \"{}\"; the plan is of another cluster", *text))));
            return std::nullopt;
        }
        return DeviceId(static_cast<std::size_t>(found - m_deviceNames.begin()));
    }
    Stage stage(const JsonReader& at)
    {
        check(at.allowOnly({"device", "layers", "memory_bytes", "compute_s"}));
        Stage stage;
        if (const auto where = device(at, "device"))
            stage.device = *where;
        else
            check(Result<void>(at.error("a stage needs a device")));
        stage.layers = layers(at);
        stage.memory.value = integer(at, "memory_bytes", kAny);
        stage.compute = seconds(at, "compute_s").value_or(kNever);
        return stage;
    }
    Hop hop(const JsonReader& at)
    {
        check(at.allowOnly({"from", "to", "bytes", "seconds"}));
        return {device(at, "from"), device(at, "to"), Bytes{integer(at, "bytes", kAny)},
                seconds(at, "seconds").value_or(kNever)};
    }
    /// The one that this format has; none when nothing of it is there.
    void pipeline(const JsonReader& root, Plan& plan)
    {
        Pipeline chain;
        chain.endToEnd = seconds(root, "end_to_end_s").value_or(Seconds{});
        eachIfAny(root, "stages", [&](const JsonReader& at) { chain.stages.push_back(stage(at)); });
        eachIfAny(root, "hops", [&](const JsonReader& at) { chain.hops.push_back(hop(at)); });
        if (!m_error && !chain.stages.empty() && chain.hops.size() != chain.stages.size() + 1)
            check(Result<void>(
                root.error(fmt::format("{} stages need {} hops, there are {}", chain.stages.size(),
                                       chain.stages.size() + 1, chain.hops.size()))));
        bottleneck(root, chain.bottleneck);
        if (!chain.stages.empty() || !chain.hops.empty())
            plan.pipelines.push_back(std::move(chain));
    }
    void bottleneck(const JsonReader& root, Bottleneck& bottleneck)
    {
        const auto field = root.optional("bottleneck");
        if (!field || field->isNull())
            return;
        check(field->allowOnly({"kind", "index"}));
        bottleneck.kind = choice<BottleneckKind>(*field, "kind",
                                                 {{"compute", BottleneckKind::Compute},
                                                  {"transfer", BottleneckKind::Transfer},
                                                  {"stage", BottleneckKind::Stage}});
        bottleneck.index = static_cast<int>(integer(*field, "index", kMaxIndex));
    }
    /// Figures that follow from others are not kept; they must only fit.
    void derived(const JsonReader& root, std::string_view key, const Plan& plan, double expected)
    {
        if (m_error || !plan.hasStages())
            return;
        const auto field = take(root.required(key));
        if (!field || (field->isNull() && !std::isfinite(expected)))
            return;
        const auto value = take(field->number(0));
        if (value && std::abs(*value - expected) > 1e-9 * std::max(1.0, std::abs(expected)))
            check(Result<void>(field->error(
                fmt::format("{} does not fit bottleneck_s and lower_bound_s, which give {}", *value,
                            expected))));
    }
    void solver(const JsonReader& root, SolverInfo& info)
    {
        const auto field = root.optional("solver");
        if (!field || field->isNull())
            return;
        check(field->allowOnly({"algorithm", "elapsed_s", "parse_s", "search_space"}));
        if (const auto algorithm = take(field->required("algorithm")))
            info.algorithm = take(algorithm->string()).value_or("");
        info.elapsed = seconds(*field, "elapsed_s").value_or(Seconds{});
        info.parse = seconds(*field, "parse_s").value_or(Seconds{});
        info.searchSpace =
            choice<SearchSpace>(*field, "search_space",
                                {{"convex", SearchSpace::Convex}, {"linear", SearchSpace::Linear}});
    }

    std::vector<std::string> m_deviceNames;
};

} // namespace

Result<Plan> parsePlan(std::string_view text, const std::string& source,
                       const std::vector<std::string>& deviceNames)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader(deviceNames).plan(JsonReader(*document, source));
}

Result<PlanOutline> parsePlanOutline(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader({}).outline(JsonReader(*document, source));
}

} // namespace millrace::plan
