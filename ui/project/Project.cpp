// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/Project.h"

#include "base/File.h"

#include <algorithm>
#include <limits>

namespace millrace::ui
{
namespace
{

std::vector<std::string> deviceNames(const cluster::Cluster& cluster)
{
    std::vector<std::string> names;
    for (const cluster::Device& device : cluster.devices)
        names.push_back(device.name);
    return names;
}

bool fits(const plan::Plan& plan, std::size_t deviceCount)
{
    const auto known = [deviceCount](const std::optional<DeviceId>& id) {
        return !id || (id->value >= 0 && id->index() < deviceCount);
    };
    const auto stages = plan.stages();
    const auto hops = plan.hops();
    return std::all_of(stages.begin(), stages.end(),
                       [&](const auto& placed) { return known(placed.stage.device); }) &&
           std::all_of(hops.begin(), hops.end(), [&](const auto& placed) {
               return known(placed.hop.from) && known(placed.hop.to);
           });
}

Json scenarioJson(const Scenario& scenario)
{
    Json json = {{"name", scenario.name},
                 {"cluster", cluster::writeCluster(scenario.cluster)},
                 {"overlap", scenario.overlap == plan::Overlap::Yes},
                 {"min_stages", scenario.stages.min}};
    if (scenario.stages.max)
        json["max_stages"] = *scenario.stages.max;
    json["pins"] = Json::array();
    for (const auto& [layer, device] : scenario.pins)
        json["pins"].push_back({{"layer", layer}, {"device", device}});
    json["plan"] = nullptr;
    // A plan of another cluster is no memory worth keeping.
    if (scenario.plan && fits(*scenario.plan, scenario.cluster.devices.size()))
        json["plan"] = Json::parse(plan::writePlan(*scenario.plan, deviceNames(scenario.cluster)));
    return json;
}

/// Each of these reads one thing or leaves the first error in `m_error`.
class Reader : JsonFields
{
public:
    explicit Reader(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    Result<Project> project(const JsonReader& root)
    {
        check(root.allowOnly({"format", "model", "scenarios", "current", "window"}));
        format(root, "millrace-project/1");
        Project project;
        if (const auto model = take(root.required("model")); model && !model->isNull())
            readModel(*model, project);
        const auto scenarios = take(root.required("scenarios"));
        const auto items = scenarios ? take(scenarios->elements()) : std::nullopt;
        for (std::size_t i = 0; items && i < items->size() && !m_error; ++i)
            project.scenarios.push_back(scenario((*items)[i]));
        if (!m_error && project.scenarios.empty())
            check(Result<void>(scenarios->error("at least one scenario is needed")));
        if (const auto current = root.optional("current"); current && !m_error)
            project.current = static_cast<std::size_t>(
                take(current->integer(0, static_cast<std::int64_t>(project.scenarios.size()) - 1))
                    .value_or(0));
        if (const auto window = root.optional("window"))
            project.windowState = window->value();
        if (m_error)
            return tl::unexpected(*m_error);
        return project;
    }

private:
    void readModel(const JsonReader& at, Project& project)
    {
        check(at.allowOnly({"path", "sha256", "dims"}));
        project.modelSha256 = text(at, "sha256");
        const std::filesystem::path path = text(at, "path");
        if (!path.empty())
            project.modelPath = (path.is_absolute() ? path : m_folder / path).lexically_normal();
        const auto dims = at.optional("dims");
        if (!dims)
            return;
        if (!dims->value().is_object())
            return check(Result<void>(dims->error("an object of name: size is needed")));
        for (const auto& [name, value] : dims->value().items())
            project.dims[name] = take(JsonReader(value, dims->path() + "." + name)
                                          .integer(0, std::numeric_limits<std::int64_t>::max()))
                                     .value_or(0);
    }

    Scenario scenario(const JsonReader& at)
    {
        check(at.allowOnly(
            {"name", "cluster", "overlap", "min_stages", "max_stages", "pins", "plan"}));
        Scenario scenario;
        scenario.name = text(at, "name");
        const auto parsed =
            cluster::parseCluster(text(at, "cluster"), fmt::format("{}, the cluster", at.path()));
        if (auto cluster = take(parsed))
            scenario.cluster = std::move(*cluster);
        if (const auto overlap = at.optional("overlap"))
            scenario.overlap =
                take(overlap->boolean()).value_or(true) ? plan::Overlap::Yes : plan::Overlap::No;
        const auto count = [&](std::string_view key) -> std::optional<int> {
            const auto field = at.optional(key);
            if (!field)
                return std::nullopt;
            return static_cast<int>(take(field->integer(1, 1000000)).value_or(1));
        };
        scenario.stages = {count("min_stages").value_or(1), count("max_stages")};
        readPins(at, scenario);
        const auto plan = at.optional("plan");
        if (plan && !plan->isNull() && !m_error)
            // A plan that no longer fits its cluster is only a memory; it is made anew anyway.
            if (auto read = plan::parsePlan(plan->value().dump(), plan->path(),
                                            deviceNames(scenario.cluster)))
                scenario.plan = std::move(*read);
        return scenario;
    }

    void readPins(const JsonReader& at, Scenario& scenario)
    {
        const auto pins = at.optional("pins");
        const auto items = pins ? take(pins->elements()) : std::nullopt;
        for (std::size_t i = 0; items && i < items->size() && !m_error; ++i)
            scenario.pins.emplace_back(text((*items)[i], "layer"), text((*items)[i], "device"));
    }

    std::filesystem::path m_folder;
};

} // namespace

std::string writeProject(const Project& project, const std::filesystem::path& projectFile)
{
    Json json = {{"format", "millrace-project/1"}};
    Json dims = Json::object();
    for (const auto& [name, value] : project.dims)
        dims[name] = value;
    std::filesystem::path path = project.modelPath;
    if (!path.empty()) {
        path = absolutePath(path).lexically_normal();
        const auto relative = path.lexically_relative(absolutePath(projectFile).parent_path());
        // Beside or below the project: both can be moved together.
        if (!relative.empty() && *relative.begin() != "..")
            path = relative;
    }
    json["model"] = {
        {"path", path.generic_string()}, {"sha256", project.modelSha256}, {"dims", dims}};
    json["scenarios"] = Json::array();
    for (const Scenario& scenario : project.scenarios)
        json["scenarios"].push_back(scenarioJson(scenario));
    json["current"] = project.current;
    json["window"] = project.windowState;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Project> parseProject(std::string_view text, const std::filesystem::path& projectFile)
{
    const auto document = parseJson(text, projectFile.string());
    if (!document)
        return tl::unexpected(document.error());
    return Reader(absolutePath(projectFile).parent_path())
        .project(JsonReader(*document, projectFile.string()));
}

} // namespace millrace::ui
