// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "deploy/ReleaseIndex.h"

#include <algorithm>
#include <limits>

namespace millrace::deploy
{
namespace
{

constexpr const char* kFormat = "millrace-release/1";
constexpr std::int64_t kAnyInteger = std::numeric_limits<std::int64_t>::max();

std::vector<std::string> deviceNames(const plan::Problem& problem)
{
    std::vector<std::string> names;
    for (const plan::Device& device : problem.devices)
        names.push_back(device.name);
    return names;
}

Json processJson(const ProcessId& process)
{
    return {{"pid", process.pid}, {"start_ticks", process.startTicks}};
}

Json nodesJson(const std::vector<ReleaseNode>& nodes)
{
    Json list = Json::array();
    for (const ReleaseNode& node : nodes) {
        list.push_back({{"name", node.name},
                        {"device", node.device},
                        {"address", node.endpoint.address},
                        {"port", node.endpoint.port},
                        {"process", processJson(node.process)}});
        if (!node.folder.empty())
            list.back()["folder"] = node.folder.string();
    }
    return list;
}

/// A name that is one step of a path and says so.
bool isPlainName(const std::string& name)
{
    return !name.empty() && name.size() <= 200 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
                      c == '_';
           });
}

class Reader : private JsonFields
{
public:
    explicit Reader(std::string source) : m_source(std::move(source)) {}

    Result<Release> read(const JsonReader& root)
    {
        Release release;
        readHead(root, release);
        readModel(root, release);
        readFigures(root, release);
        readPlan(root, release);
        if (!m_error && !takeRoles(release))
            m_error = Error{ErrorCode::ParseError,
                            m_source + ": nodes: one for each stage and the gateway are needed"};
        if (m_error)
            return tl::unexpected(*m_error);
        return release;
    }
    Result<ReleaseHeader> readHeader(const JsonReader& root)
    {
        ReleaseHeader header;
        readHead(root, header);
        if (m_error)
            return tl::unexpected(*m_error);
        return header;
    }

private:
    /// What a Release and a ReleaseHeader have in common.
    template <class Head>
    void readHead(const JsonReader& root, Head& head)
    {
        format(root, kFormat);
        head.folder = std::filesystem::path(m_source).parent_path();
        head.id = plainName(root, "id");
        if (root.optional("kind"))
            head.kind =
                choice(root, "kind", "local", "ssh") ? ReleaseKind::Ssh : ReleaseKind::Local;
        if (root.optional("standing"))
            head.standing = choice(root, "standing", "current", "replaced") ? Standing::Replaced
                                                                            : Standing::Current;
        head.createdAt = number(root, "created_at", 0);
        each(root, "nodes", [&](const JsonReader& at) { head.nodes.push_back(node(at)); });
        if (const auto owner = root.optional("owner"); owner && !owner->isNull())
            head.owner = process(*owner);
    }
    double number(const JsonReader& at, std::string_view key, double low)
    {
        return take(at.required(key).and_then([low](const JsonReader& r) { return r.number(low); }))
            .value_or(low);
    }
    /// Whether it is the second of two words.
    bool choice(const JsonReader& at, std::string_view key, std::string_view first,
                std::string_view second)
    {
        const std::string word = text(at, key);
        if (!m_error && word != first && word != second)
            m_error = Error{ErrorCode::ParseError,
                            fmt::format("{}.{}: \"{}\" is neither {} nor {}", at.path(), key,
                                        oneLine(word), first, second)};
        return word == second;
    }
    std::string plainName(const JsonReader& at, std::string_view key)
    {
        std::string name = text(at, key);
        if (!m_error && !isPlainName(name))
            m_error =
                Error{ErrorCode::ParseError, fmt::format("{}.{}: \"{}\" cannot be a folder's name",
                                                         at.path(), key, oneLine(name))};
        return name;
    }
    ProcessId process(const JsonReader& at)
    {
        return {integer(at, "pid", std::numeric_limits<std::int32_t>::max()),
                static_cast<std::uint64_t>(integer(at, "start_ticks", kAnyInteger))};
    }
    ReleaseNode node(const JsonReader& at)
    {
        ReleaseNode node;
        node.name = plainName(at, "name");
        node.device = text(at, "device");
        node.endpoint = {text(at, "address"),
                         static_cast<std::uint16_t>(integer(at, "port", 65535))};
        if (const auto running = take(at.required("process")))
            node.process = process(*running);
        if (at.optional("folder"))
            node.folder = text(at, "folder");
        return node;
    }
    void readModel(const JsonReader& root, Release& release)
    {
        const auto model = take(root.required("model"));
        if (!model)
            return;
        release.modelPath = text(*model, "path");
        release.modelSha256 = text(*model, "sha256");
        const auto dims = take(model->required("dims"));
        if (!dims || !dims->value().is_object())
            return;
        for (const auto& [name, value] : dims->value().items())
            release.dims[name] =
                take(JsonReader(value, dims->path() + "." + name).integer(0, kAnyInteger))
                    .value_or(0);
    }
    void readFigures(const JsonReader& root, Release& release)
    {
        release.dilation = number(root, "dilation", 1);
        release.dilationReason = text(root, "dilation_reason");
        release.gatewayFingerprint = text(root, "gateway_fingerprint");
        release.runner = text(root, "runner");
        if (const auto cluster = take(cluster::parseCluster(text(root, "cluster"), m_source)))
            release.cluster = *cluster;
    }
    void readPlan(const JsonReader& root, Release& release)
    {
        const auto problem = take(root.required("problem"));
        const auto plan = take(root.required("plan"));
        if (m_error)
            return;
        const auto whole = take(plan::parseProblem(problem->value().dump(), problem->path()));
        if (!whole)
            return;
        release.problem = *whole;
        if (const auto made = take(
                plan::parsePlan(plan->value().dump(), plan->path(), deviceNames(release.problem))))
            release.plan = *made;
    }

    /// A node's name says what it is; into the order of the plan.
    static bool takeRoles(Release& release)
    {
        std::vector<ReleaseNode> ordered;
        const auto take = [&](const auto& role) {
            const auto found =
                std::find_if(release.nodes.begin(), release.nodes.end(),
                             [&](const ReleaseNode& node) { return node.name == nodeName(role); });
            if (found == release.nodes.end())
                return false;
            ordered.push_back(*found);
            ordered.back().role = role;
            return true;
        };
        for (const auto& [at, stage] : release.plan.stages())
            if (!take(at))
                return false;
        if (!take(GatewayRole{}) || ordered.size() != release.nodes.size())
            return false;
        release.nodes = std::move(ordered);
        return true;
    }

    std::string m_source;
};

} // namespace

std::string writeRelease(const Release& release)
{
    Json dims = Json::object();
    for (const auto& [name, size] : release.dims)
        dims[name] = size;
    const Json json = {
        {"format", kFormat},
        {"id", release.id},
        {"kind", release.kind == ReleaseKind::Ssh ? "ssh" : "local"},
        {"standing", release.standing == Standing::Replaced ? "replaced" : "current"},
        {"created_at", release.createdAt},
        {"model",
         {{"path", release.modelPath.string()}, {"sha256", release.modelSha256}, {"dims", dims}}},
        {"dilation", release.dilation},
        {"dilation_reason", release.dilationReason},
        {"gateway_fingerprint", release.gatewayFingerprint},
        {"runner", release.runner.string()},
        {"nodes", nodesJson(release.nodes)},
        {"owner", release.owner ? processJson(*release.owner) : Json(nullptr)},
        {"cluster", cluster::writeCluster(release.cluster)},
        {"problem", Json::parse(plan::writeProblem(release.problem))},
        {"plan", Json::parse(plan::writePlan(release.plan, deviceNames(release.problem)))}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Release> parseRelease(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader(source).read(JsonReader(*document, source));
}

Result<ReleaseHeader> parseReleaseHeader(std::string_view text, const std::string& source)
{
    constexpr int kFields = 1; // of the document itself
    const auto isWanted = [](int depth, Json::parse_event_t event, const Json& key) {
        return depth != kFields || event != Json::parse_event_t::key ||
               (key != "cluster" && key != "problem" && key != "plan");
    };
    const Json document = Json::parse(text.begin(), text.end(), isWanted, false);
    if (document.is_discarded())
        return fail(ErrorCode::ParseError, "{}: not valid JSON", source);
    return Reader(source).readHeader(JsonReader(document, source));
}

} // namespace millrace::deploy
