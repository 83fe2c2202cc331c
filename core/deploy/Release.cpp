// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Release.h"

#include "base/File.h"

#include <algorithm>
#include <cstdlib>
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
        format(root, kFormat);
        Release release;
        release.folder = std::filesystem::path(m_source).parent_path();
        release.id = plainName(root, "id");
        if (root.optional("kind"))
            release.kind =
                choice(root, "kind", "local", "ssh") ? ReleaseKind::Ssh : ReleaseKind::Local;
        if (root.optional("standing"))
            release.standing = choice(root, "standing", "current", "replaced") ? Standing::Replaced
                                                                               : Standing::Current;
        release.createdAt = number(root, "created_at", 0);
        readModel(root, release);
        readFigures(root, release);
        each(root, "nodes", [&](const JsonReader& at) { release.nodes.push_back(node(at)); });
        if (const auto owner = root.optional("owner"); owner && !owner->isNull())
            release.owner = process(*owner);
        readPlan(root, release);
        if (!m_error && release.nodes.size() != release.plan.stages.size() + 1)
            m_error = Error{ErrorCode::ParseError,
                            m_source + ": nodes: one for each stage and the gateway are needed"};
        if (m_error)
            return tl::unexpected(*m_error);
        return release;
    }

private:
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

    std::string m_source;
};

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// All that can be read, newest first.
std::vector<Release> everyRelease()
{
    std::vector<Release> releases;
    for (const auto& entry : entriesOf(stateFolder() / "releases")) {
        const auto file = entry / "release.json";
        const auto text = readFile(file);
        auto release = text ? parseRelease(*text, file.string()) : tl::unexpected(text.error());
        if (release && release->id == entry.filename())
            releases.push_back(std::move(*release));
    }
    std::sort(releases.begin(), releases.end(), [](const Release& a, const Release& b) {
        return std::pair(b.createdAt, b.id) < std::pair(a.createdAt, a.id);
    });
    return releases;
}

bool isAbandoned(const Release& release)
{
    return release.owner && !isAlive(*release.owner);
}

} // namespace

std::filesystem::path nodeFolder(const Release& release, const ReleaseNode& node)
{
    return node.folder.empty() ? release.folder / node.name : node.folder;
}

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

std::filesystem::path stateFolder()
{
    if (const std::string own = variable("MILLRACE_STATE"); !own.empty())
        return absolutePath(own);
    if (const std::string xdg = variable("XDG_STATE_HOME"); !xdg.empty())
        return std::filesystem::path(xdg) / "millrace";
    return std::filesystem::path(variable("HOME")) / ".local" / "state" / "millrace";
}

std::vector<Release> localReleases()
{
    std::vector<Release> releases = everyRelease();
    std::erase_if(releases, &isAbandoned);
    return releases;
}

std::vector<Release> abandonedReleases()
{
    std::vector<Release> releases = everyRelease();
    std::erase_if(releases, [](const Release& release) { return !isAbandoned(release); });
    return releases;
}

Result<Release> findRelease(const std::string& id)
{
    const std::vector<Release> releases = localReleases();
    if (releases.empty())
        return fail(ErrorCode::NotFound, "there is no release; millracectl deploy MODEL CLUSTER "
                                         "makes one, with --local on this machine");
    if (id.empty()) {
        const auto current =
            std::find_if(releases.begin(), releases.end(), [](const Release& release) {
                const bool isInTheMaking = release.kind == ReleaseKind::Ssh && release.owner;
                return release.standing == Standing::Current && !isInTheMaking;
            });
        return current == releases.end() ? releases.front() : *current;
    }
    const auto found = std::find_if(releases.begin(), releases.end(),
                                    [&id](const Release& release) { return release.id == id; });
    if (found != releases.end())
        return *found;
    std::vector<std::string> ids;
    for (const Release& release : releases)
        ids.push_back(release.id);
    return fail(ErrorCode::NotFound, "there is no release \"{}\"; what there is: {}", id,
                fmt::join(ids, ", "));
}

Result<runtime::GatewayAddress> gatewayAddress(const Release& release)
{
    if (release.nodes.empty())
        return fail(ErrorCode::InvalidArgument, "release {} has no gateway", release.id);
    auto certificate = readFile(release.folder / "client.crt");
    auto key = readFile(release.folder / "client.key");
    if (!certificate || !key)
        return inContext("release " + release.id, certificate ? key.error() : certificate.error());
    return runtime::GatewayAddress{release.id, release.nodes.back().endpoint,
                                   release.gatewayFingerprint, std::move(*certificate),
                                   std::move(*key)};
}

} // namespace millrace::deploy
