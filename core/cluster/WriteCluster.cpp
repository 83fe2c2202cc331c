// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Cluster.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace millrace::cluster
{
namespace
{

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
