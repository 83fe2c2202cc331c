// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "base/Suggest.h"
#include "cluster/Cluster.h"
#include "cluster/YamlGuard.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>
#include <set>

namespace millrace::cluster
{
namespace
{

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;

/// Reads one document; the first error stops it, carried as a value from function to function.
class Reader
{
public:
    explicit Reader(std::string source) : m_source(std::move(source)) {}

    Result<Cluster> cluster(const YAML::Node& root)
    {
        if (auto ok = keys(root, {"millrace", "devices", "links", "gateway"}); !ok)
            return tl::unexpected(ok.error());
        const YAML::Node format = root["millrace"];
        if (!format || !format.IsScalar() || format.Scalar() != "cluster/1")
            return refuse(format ? format : root,
                          "this is no cluster file; it must have the line \"millrace: cluster/1\"");
        Cluster cluster;
        if (auto ok = devices(root, cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = links(root["links"], cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = gateway(root["gateway"], cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = validate(cluster); !ok)
            return inContext(m_source, ok.error());
        sortPairs(cluster);
        return cluster;
    }

    [[nodiscard]] tl::unexpected<Error> refuse(const YAML::Mark& mark,
                                               const std::string& what) const
    {
        // An empty file has no marks.
        return fail(ErrorCode::ParseError, "{}:{}:{}: {}", m_source, std::max(mark.line, 0) + 1,
                    std::max(mark.column, 0) + 1, what);
    }
    [[nodiscard]] tl::unexpected<Error> refuse(const YAML::Node& at, const std::string& what) const
    {
        return refuse(at.Mark(), what);
    }

private:
    /// A map with these keys only, each once.
    Result<void> keys(const YAML::Node& node, std::initializer_list<std::string_view> allowed) const
    {
        if (!node.IsMap())
            return refuse(
                node, fmt::format("a map with the keys {} is needed", fmt::join(allowed, ", ")));
        std::set<std::string> seen;
        for (const auto& entry : node) {
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
            if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
                const auto meant = nearest(key, {allowed.begin(), allowed.size()});
                const std::string advice =
                    meant ? fmt::format("did you mean \"{}\"?", *meant)
                          : fmt::format("allowed are {}", fmt::join(allowed, ", "));
                return refuse(entry.first, fmt::format("unknown key \"{}\"; {}", key, advice));
            }
            if (!seen.insert(key).second)
                return refuse(entry.first, fmt::format("the key \"{}\" stands twice", key));
        }
        return {};
    }

    /// Each of these leaves `value` alone when the key is absent.
    Result<void> text(const YAML::Node& map, const char* key, std::string& value) const
    {
        const YAML::Node node = map[key];
        if (!node)
            return {};
        if (!node.IsScalar() || node.Scalar().empty())
            return refuse(node, fmt::format("{}: a text is needed", key));
        value = node.Scalar();
        return {};
    }
    Result<void> text(const YAML::Node& map, const char* key,
                      std::optional<std::string>& value) const
    {
        if (!map[key])
            return {};
        value.emplace();
        return text(map, key, *value);
    }
    Result<void> flag(const YAML::Node& map, const char* key, bool& value) const
    {
        const YAML::Node node = map[key];
        if (node && !YAML::convert<bool>::decode(node, value))
            return refuse(node, fmt::format("{}: true or false is needed", key));
        return {};
    }
    Result<void> number(const YAML::Node& map, const char* key, double& value) const
    {
        const YAML::Node node = map[key];
        if (node && (!YAML::convert<double>::decode(node, value) || !std::isfinite(value)))
            return refuse(node, fmt::format("{}: a number is needed, for example 0.5", key));
        return {};
    }
    template <class T>
    Result<void> quantity(const YAML::Node& map, const char* key,
                          Result<T> (*parse)(std::string_view), T& value) const
    {
        const YAML::Node node = map[key];
        if (!node)
            return {};
        const auto parsed = parse(node.IsScalar() ? node.Scalar() : "");
        if (!parsed)
            return refuse(node, fmt::format("{}: {}", key, parsed.error().message));
        value = *parsed;
        return {};
    }
    Result<void> portRange(const YAML::Node& map, Device& device) const
    {
        std::optional<std::string> range;
        if (auto ok = text(map, "port_range", range); !ok || !range)
            return ok;
        int first = 0;
        int last = 0;
        char rest = 0;
        if (std::sscanf(range->c_str(), "%6d-%6d%c", &first, &last, &rest) != 2)
            return refuse(map["port_range"], "port_range: FIRST-LAST is needed, for example "
                                             "7400-7499");
        device.portRange.emplace(first, last);
        return {};
    }
    Result<void> port(const YAML::Node& map, Device& device) const
    {
        const YAML::Node node = map["port"];
        int value = 0;
        if (!node)
            return {};
        if (!YAML::convert<int>::decode(node, value))
            return refuse(node, "port: a whole number from 1 to 65535 is needed");
        device.port = value;
        return {};
    }

    Result<void> devices(const YAML::Node& root, Cluster& cluster) const
    {
        const YAML::Node list = root["devices"];
        if (!list || !list.IsSequence() || list.size() == 0)
            return refuse(list ? list : root, "devices: a list with at least one device is needed");
        std::set<std::string> taken;
        for (const YAML::Node& node : list) {
            Device device;
            if (auto ok = readDevice(node, device); !ok)
                return ok;
            if (!taken.insert(device.name).second)
                return refuse(node["name"], fmt::format("device \"{}\" stands twice; names must "
                                                        "differ",
                                                        device.name));
            Cluster alone;
            alone.devices = {device};
            if (const auto ok = validate(alone); !ok)
                return refuse(node, ok.error().message);
            cluster.devices.push_back(std::move(device));
        }
        return {};
    }

    Result<void> readDevice(const YAML::Node& node, Device& device) const
    {
        if (auto ok = keys(node, {"name", "class", "memory", "speed", "stages", "enabled",
                                  "address", "user", "port", "identity_file", "data_address",
                                  "port_range", "emulate"});
            !ok)
            return ok;
        if (!node["name"])
            return refuse(node, "device without a name; add \"name: ...\"");
        for (const auto& ok :
             {text(node, "name", device.name), text(node, "class", device.className),
              quantity(node, "memory", &parseBytes, device.memory),
              number(node, "speed", device.speed), flag(node, "stages", device.stages),
              flag(node, "enabled", device.enabled), flag(node, "emulate", device.emulate),
              text(node, "address", device.address), text(node, "user", device.user),
              text(node, "identity_file", device.identityFile),
              text(node, "data_address", device.dataAddress), port(node, device),
              portRange(node, device)})
            if (!ok)
                return ok;
        if (device.className.empty())
            device.className = device.name;
        return {};
    }

    Result<void> readLink(const YAML::Node& node, Link& link) const
    {
        for (const auto& ok : {quantity(node, "bandwidth", &parseBandwidth, link.bandwidth),
                               quantity(node, "delay", &parseDuration, link.delay),
                               quantity(node, "occupancy", &parseDuration, link.occupancy)})
            if (!ok)
                return ok;
        return {};
    }

    Result<void> links(const YAML::Node& node, Cluster& cluster) const
    {
        if (!node)
            return {};
        if (auto ok = keys(node, {"default", "pairs"}); !ok)
            return ok;
        if (const YAML::Node standard = node["default"]) {
            if (auto ok = keys(standard, {"bandwidth", "delay", "occupancy"}); !ok)
                return ok;
            if (auto ok = readLink(standard, cluster.defaultLink); !ok)
                return ok;
        }
        const YAML::Node pairs = node["pairs"];
        if (!pairs)
            return {};
        if (!pairs.IsSequence())
            return refuse(pairs, "pairs: a list is needed");
        std::set<std::pair<std::string, std::string>> seen;
        for (const YAML::Node& pair : pairs)
            if (auto ok = readPair(pair, cluster, seen); !ok)
                return ok;
        return {};
    }

    Result<void> readPair(const YAML::Node& node, Cluster& cluster,
                          std::set<std::pair<std::string, std::string>>& seen) const
    {
        if (auto ok = keys(node, {"from", "to", "bandwidth", "delay", "occupancy", "both"}); !ok)
            return ok;
        LinkPair pair{{}, {}, cluster.defaultLink};
        bool both = false;
        for (const auto& ok : {text(node, "from", pair.from), text(node, "to", pair.to),
                               flag(node, "both", both), readLink(node, pair.link)})
            if (!ok)
                return ok;
        for (const char* end : {"from", "to"}) {
            if (!node[end])
                return refuse(node, fmt::format("a pair needs \"{}: DEVICE\"", end));
            if (!cluster.find(node[end].Scalar()))
                return refuse(node[end], fmt::format("there is no device \"{}\"; known are {}",
                                                     node[end].Scalar(), names(cluster)));
        }
        if (pair.from == pair.to)
            return refuse(node, "a link needs two different devices");
        if (!seen.emplace(pair.from, pair.to).second ||
            (both && !seen.emplace(pair.to, pair.from).second))
            return refuse(
                node, fmt::format("the link between {} and {} stands twice", pair.from, pair.to));
        cluster.pairs.push_back(pair);
        if (both)
            cluster.pairs.push_back({pair.to, pair.from, pair.link});
        return {};
    }

    Result<void> gateway(const YAML::Node& node, Cluster& cluster) const
    {
        if (!node)
            return {};
        if (auto ok = keys(node, {"device", "count_hops"}); !ok)
            return ok;
        Gateway gateway;
        for (const auto& ok :
             {text(node, "device", gateway.device), flag(node, "count_hops", gateway.countHops)})
            if (!ok)
                return ok;
        if (!cluster.find(gateway.device))
            return refuse(node["device"] ? node["device"] : node,
                          fmt::format("gateway: there is no device \"{}\"; known are {}",
                                      gateway.device, names(cluster)));
        cluster.gateway = gateway;
        return {};
    }

    static std::string names(const Cluster& cluster)
    {
        std::vector<std::string> all;
        for (const Device& device : cluster.devices)
            all.push_back(device.name);
        return fmt::format("{}", fmt::join(all, ", "));
    }

    std::string m_source;
};

/// Double-quoted when a plain scalar would not read back as the same text.
std::string quoted(const std::string& text)
{
    static const std::set<std::string> kWords = {"true", "false", "yes", "no", "on", "off", "null"};
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool plain =
        !text.empty() && !kWords.contains(lower) &&
        std::all_of(text.begin(), text.end(),
                    [](unsigned char c) {
                        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
                    }) &&
        (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/' ||
         std::isdigit(static_cast<unsigned char>(text[0])) != 0);
    if (plain)
        return text;
    std::string escaped;
    for (const char c : text)
        escaped += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return '"' + escaped + '"';
}

std::string deviceText(const Device& device)
{
    std::string text = fmt::format("  - name: {}\n", quoted(device.name));
    const auto line = [&text](std::string_view key, const std::string& value) {
        text += fmt::format("    {}: {}\n", key, value);
    };
    if (!device.stages)
        line("stages", "false");
    if (device.className != device.name)
        line("class", quoted(device.className));
    if (device.memory.value > 0)
        line("memory", exactBytes(device.memory));
    if (device.speed != 1)
        line("speed", fmt::format("{}", device.speed));
    if (!device.enabled)
        line("enabled", "false");
    if (device.emulate)
        line("emulate", "true");
    const auto optional = [&line](std::string_view key, const std::optional<std::string>& value) {
        if (value)
            line(key, quoted(*value));
    };
    optional("address", device.address);
    optional("user", device.user);
    if (device.port)
        line("port", std::to_string(*device.port));
    optional("identity_file", device.identityFile);
    optional("data_address", device.dataAddress);
    if (device.portRange)
        line("port_range", fmt::format("{}-{}", device.portRange->first, device.portRange->second));
    return text;
}

std::string linkText(const Link& link)
{
    std::string text =
        "bandwidth: " + exactBandwidth(link.bandwidth) + ", delay: " + exactDuration(link.delay);
    if (link.occupancy.value != 0)
        text += ", occupancy: " + exactDuration(link.occupancy);
    return text;
}

std::string pairsText(const Cluster& cluster)
{
    std::string text;
    using Ends = std::pair<std::string_view, std::string_view>;
    std::map<Ends, const Link*> links;
    for (const LinkPair& pair : cluster.pairs)
        links.emplace(Ends(pair.from, pair.to), &pair.link);
    std::set<Ends> written;
    for (const LinkPair& pair : cluster.pairs) {
        if (written.contains({pair.from, pair.to}))
            continue;
        const auto back = links.find({pair.to, pair.from});
        const bool both = back != links.end() && *back->second == pair.link;
        text += fmt::format("    - {{from: {}, to: {}, {}{}}}\n", quoted(pair.from),
                            quoted(pair.to), linkText(pair.link), both ? ", both: true" : "");
        if (both)
            written.emplace(pair.to, pair.from);
    }
    return text.empty() ? text : "  pairs:\n" + text;
}

} // namespace

Result<Cluster> parseCluster(std::string_view text, const std::string& source)
{
    if (text.size() > kMaxFileBytes)
        return fail(ErrorCode::ResourceExhausted, "{}: larger than 4 MiB; this is no cluster file",
                    source);
    Reader reader(source);
    try {
        const std::string copy(text);
        guardYaml(copy);
        return reader.cluster(YAML::Load(copy));
    } catch (const YAML::Exception& error) {
        return reader.refuse(error.mark, error.msg);
    } catch (const std::exception& error) {
        return fail(ErrorCode::ParseError, "{}: {}", source, error.what());
    }
}

Result<Cluster> readCluster(const std::filesystem::path& path)
{
    const auto content = readFile(path, kMaxFileBytes);
    if (!content)
        return tl::unexpected(content.error());
    return parseCluster(*content, path.string());
}

std::string writeCluster(const Cluster& cluster)
{
    std::string text = "millrace: cluster/1\ndevices:\n";
    for (const Device& device : cluster.devices)
        text += deviceText(device);
    text += "links:\n  default: {" + linkText(cluster.defaultLink) + "}\n" + pairsText(cluster);
    if (cluster.gateway)
        text += fmt::format("gateway: {{device: {}, count_hops: {}}}\n",
                            quoted(cluster.gateway->device), cluster.gateway->countHops);
    return text;
}

} // namespace millrace::cluster
