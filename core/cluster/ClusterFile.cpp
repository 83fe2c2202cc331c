// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "cluster/Cluster.h"
#include "cluster/YamlFields.h"
#include "cluster/YamlGuard.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
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
    explicit Reader(const YamlFields& fields) : m_fields(fields) {}

    Result<Cluster> cluster(const YAML::Node& root)
    {
        if (auto ok = m_fields.keys(root, {"millrace", "devices", "links", "gateway"}); !ok)
            return tl::unexpected(ok.error());
        const YAML::Node format = root["millrace"];
        if (!format || !format.IsScalar() || format.Scalar() != "cluster/1")
            return m_fields.refuse(
                format ? format : root,
                "this is no cluster file; it must have the line \"millrace: cluster/1\"");
        Cluster cluster;
        if (auto ok = devices(root, cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = links(root["links"], cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = gateway(root["gateway"], cluster); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = validate(cluster); !ok)
            return inContext(m_fields.source(), ok.error());
        sortPairs(cluster);
        return cluster;
    }

private:
    Result<void> portRange(const YAML::Node& map, Device& device) const
    {
        std::optional<std::string> range;
        if (auto ok = m_fields.text(map, "port_range", range); !ok || !range)
            return ok;
        int first = 0;
        int last = 0;
        char rest = 0;
        if (std::sscanf(range->c_str(), "%6d-%6d%c", &first, &last, &rest) != 2)
            return m_fields.refuse(map["port_range"],
                                   "port_range: FIRST-LAST is needed, for example "
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
            return m_fields.refuse(node, "port: a whole number from 1 to 65535 is needed");
        device.port = value;
        return {};
    }

    Result<void> devices(const YAML::Node& root, Cluster& cluster) const
    {
        const YAML::Node list = root["devices"];
        if (!list || !list.IsSequence() || list.size() == 0)
            return m_fields.refuse(list ? list : root,
                                   "devices: a list with at least one device is needed");
        std::set<std::string> taken;
        for (const YAML::Node& node : list) {
            Device device;
            if (auto ok = readDevice(node, device); !ok)
                return ok;
            if (!taken.insert(device.name).second)
                return m_fields.refuse(node["name"],
                                       fmt::format("device \"{}\" stands twice; names must "
                                                   "differ",
                                                   device.name));
            Cluster alone;
            alone.devices = {device};
            if (const auto ok = validate(alone); !ok)
                return m_fields.refuse(node, ok.error().message);
            cluster.devices.push_back(std::move(device));
        }
        return {};
    }

    Result<void> readDevice(const YAML::Node& node, Device& device) const
    {
        if (auto ok = m_fields.keys(node, {"name", "class", "memory", "speed", "stages", "enabled",
                                           "address", "user", "port", "identity_file",
                                           "data_address", "port_range", "emulate"});
            !ok)
            return ok;
        if (!node["name"])
            return m_fields.refuse(node, "device without a name; add \"name: ...\"");
        for (const auto& ok : {m_fields.text(node, "name", device.name),
                               m_fields.text(node, "class", device.className),
                               m_fields.quantity(node, "memory", &parseBytes, device.memory),
                               m_fields.number(node, "speed", device.speed),
                               m_fields.flag(node, "stages", device.stages),
                               m_fields.flag(node, "enabled", device.enabled),
                               m_fields.flag(node, "emulate", device.emulate),
                               m_fields.text(node, "address", device.address),
                               m_fields.text(node, "user", device.user),
                               m_fields.text(node, "identity_file", device.identityFile),
                               m_fields.text(node, "data_address", device.dataAddress),
                               port(node, device), portRange(node, device)})
            if (!ok)
                return ok;
        if (device.className.empty())
            device.className = device.name;
        return {};
    }

    Result<void> readLink(const YAML::Node& node, Link& link) const
    {
        for (const auto& ok :
             {m_fields.quantity(node, "bandwidth", &parseBandwidth, link.bandwidth),
              m_fields.quantity(node, "delay", &parseDuration, link.delay),
              m_fields.quantity(node, "occupancy", &parseDuration, link.occupancy)})
            if (!ok)
                return ok;
        return {};
    }

    Result<void> links(const YAML::Node& node, Cluster& cluster) const
    {
        if (!node)
            return {};
        if (auto ok = m_fields.keys(node, {"default", "pairs"}); !ok)
            return ok;
        if (const YAML::Node standard = node["default"]) {
            if (auto ok = m_fields.keys(standard, {"bandwidth", "delay", "occupancy"}); !ok)
                return ok;
            if (auto ok = readLink(standard, cluster.defaultLink); !ok)
                return ok;
        }
        const YAML::Node pairs = node["pairs"];
        if (!pairs)
            return {};
        if (!pairs.IsSequence())
            return m_fields.refuse(pairs, "pairs: a list is needed");
        std::set<std::pair<std::string, std::string>> seen;
        for (const YAML::Node& pair : pairs)
            if (auto ok = readPair(pair, cluster, seen); !ok)
                return ok;
        return {};
    }

    Result<void> readPair(const YAML::Node& node, Cluster& cluster,
                          std::set<std::pair<std::string, std::string>>& seen) const
    {
        if (auto ok =
                m_fields.keys(node, {"from", "to", "bandwidth", "delay", "occupancy", "both"});
            !ok)
            return ok;
        LinkPair pair{{}, {}, cluster.defaultLink};
        bool both = false;
        for (const auto& ok :
             {m_fields.text(node, "from", pair.from), m_fields.text(node, "to", pair.to),
              m_fields.flag(node, "both", both), readLink(node, pair.link)})
            if (!ok)
                return ok;
        for (const char* end : {"from", "to"}) {
            if (!node[end])
                return m_fields.refuse(node, fmt::format("a pair needs \"{}: DEVICE\"", end));
            if (!cluster.find(node[end].Scalar()))
                return m_fields.refuse(node[end],
                                       fmt::format("there is no device \"{}\"; known are {}",
                                                   node[end].Scalar(), names(cluster)));
        }
        if (pair.from == pair.to)
            return m_fields.refuse(node, "a link needs two different devices");
        if (!seen.emplace(pair.from, pair.to).second ||
            (both && !seen.emplace(pair.to, pair.from).second))
            return m_fields.refuse(
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
        if (auto ok = m_fields.keys(node, {"device", "count_hops"}); !ok)
            return ok;
        Gateway gateway;
        for (const auto& ok : {m_fields.text(node, "device", gateway.device),
                               m_fields.flag(node, "count_hops", gateway.countHops)})
            if (!ok)
                return ok;
        if (!cluster.find(gateway.device))
            return m_fields.refuse(node["device"] ? node["device"] : node,
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

    const YamlFields& m_fields;
};

} // namespace

Result<Cluster> parseCluster(std::string_view text, const std::string& source)
{
    if (text.size() > kMaxFileBytes)
        return fail(ErrorCode::ResourceExhausted, "{}: larger than 4 MiB; this is no cluster file",
                    source);
    const YamlFields fields(source);
    try {
        const std::string copy(text);
        guardYaml(copy);
        return Reader(fields).cluster(YAML::Load(copy));
    } catch (const YAML::Exception& error) {
        return fields.refuse(error.mark, error.msg);
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

} // namespace millrace::cluster
