// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Cluster.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

namespace millrace::cluster
{
namespace
{

tl::unexpected<Error> refuse(const Device& device, std::string_view what)
{
    return fail(ErrorCode::InvalidArgument, "device \"{}\": {}", device.name, what);
}

constexpr std::size_t kMaxName = 64;

bool isName(std::string_view text)
{
    return !text.empty() && text.size() <= kMaxName &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

bool isText(std::string_view text)
{
    return !text.empty() && text.size() <= 1024 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

bool inRange(double value, double high)
{
    return value >= 0 && value <= high;
}

Result<void> validateDevice(const Device& device)
{
    constexpr double kMaxSpeed = 1e6;
    constexpr std::int64_t kMaxMemory = std::int64_t{1} << 50;
    if (!isName(device.name))
        return refuse(device, "a name has 1 to 64 characters and no blanks");
    if (!isName(device.className))
        return refuse(device, "a class has 1 to 64 characters and no blanks");
    if (device.memory.value < 0 || device.memory.value > kMaxMemory)
        return refuse(device, "memory must lie between 0 and 1024 TiB");
    if (device.stages && device.memory.value == 0)
        return refuse(device, "memory is missing; say what a stage may use, for example "
                              "\"memory: 256 MiB\", or \"stages: false\"");
    if (!(device.speed > 0) || device.speed > kMaxSpeed)
        return refuse(device, "speed must be above 0 and at most 1,000,000");
    const auto isPort = [](int port) { return port >= 1 && port <= 65535; };
    for (const auto& [field, text] :
         {std::pair("address", &device.address), std::pair("user", &device.user),
          std::pair("identity_file", &device.identityFile),
          std::pair("data_address", &device.dataAddress)})
        if (*text && !isText(**text))
            return refuse(device, fmt::format("{} has 1 to 1024 printable characters", field));
    if (device.port && !isPort(*device.port))
        return refuse(device, "port must lie between 1 and 65535");
    if (device.portRange &&
        (!isPort(device.portRange->first) || !isPort(device.portRange->second) ||
         device.portRange->first > device.portRange->second))
        return refuse(device, "port_range must be FIRST-LAST between 1 and 65535");
    return {};
}

Result<void> validateLink(const Link& link, const std::string& which)
{
    constexpr double kMaxBandwidth = 1e15;
    constexpr double kMaxTime = 1e6;
    if (!inRange(link.bandwidth.value, kMaxBandwidth))
        return fail(ErrorCode::InvalidArgument,
                    "{}: bandwidth must lie between 0 and 1,000,000 Gbit/s", which);
    if (!inRange(link.delay.value, kMaxTime) || !inRange(link.occupancy.value, kMaxTime))
        return fail(ErrorCode::InvalidArgument,
                    "{}: delay and occupancy must lie between 0 and 1,000,000 s", which);
    return {};
}

Result<Cluster> validated(Cluster cluster)
{
    if (const auto ok = validate(cluster); !ok)
        return tl::unexpected(ok.error());
    sortPairs(cluster);
    return cluster;
}

} // namespace

std::optional<DeviceId> Cluster::find(std::string_view deviceName) const
{
    const auto found = std::find_if(devices.begin(), devices.end(), [&](const Device& device) {
        return device.name == deviceName;
    });
    if (found == devices.end())
        return std::nullopt;
    return DeviceId(static_cast<std::size_t>(found - devices.begin()));
}

Link Cluster::link(DeviceId from, DeviceId to) const
{
    const std::string& sender = devices[from.index()].name;
    const std::string& receiver = devices[to.index()].name;
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const LinkPair& pair) {
        return pair.from == sender && pair.to == receiver;
    });
    return found == pairs.end() ? defaultLink : found->link;
}

void sortPairs(Cluster& cluster)
{
    std::map<std::string_view, std::size_t> place;
    for (const Device& device : cluster.devices)
        place.emplace(device.name, place.size());
    const auto key = [&place](const LinkPair& pair) {
        return std::pair(place.at(pair.from), place.at(pair.to));
    };
    std::stable_sort(cluster.pairs.begin(), cluster.pairs.end(),
                     [&key](const LinkPair& a, const LinkPair& b) { return key(a) < key(b); });
}

Result<void> validate(const Cluster& cluster)
{
    // Every pair of devices has a link, so memory grows with the square.
    constexpr std::size_t kMaxDevices = 2000;
    if (cluster.devices.size() > kMaxDevices)
        return fail(ErrorCode::InvalidArgument, "the cluster has {} devices; at most {} are read",
                    cluster.devices.size(), kMaxDevices);
    if (cluster.devices.empty())
        return fail(ErrorCode::InvalidArgument, "the cluster has no devices; add at least one");
    std::set<std::string> names;
    for (const Device& device : cluster.devices) {
        if (auto ok = validateDevice(device); !ok)
            return ok;
        if (!names.insert(device.name).second)
            return refuse(device, "another device has this name; choose a different one");
    }
    if (auto ok = validateLink(cluster.defaultLink, "the default link"); !ok)
        return ok;
    std::set<std::pair<std::string, std::string>> ends;
    for (const LinkPair& pair : cluster.pairs) {
        const std::string which = fmt::format("link {} > {}", pair.from, pair.to);
        for (const std::string& end : {pair.from, pair.to})
            if (!names.contains(end))
                return fail(ErrorCode::InvalidArgument, "{}: there is no device \"{}\"", which,
                            end);
        if (pair.from == pair.to)
            return fail(ErrorCode::InvalidArgument, "{}: a link needs two different devices",
                        which);
        if (!ends.emplace(pair.from, pair.to).second)
            return fail(ErrorCode::InvalidArgument, "{}: stands twice", which);
        if (auto ok = validateLink(pair.link, which); !ok)
            return ok;
    }
    if (cluster.gateway && !names.contains(cluster.gateway->device))
        return fail(ErrorCode::InvalidArgument, "gateway: there is no device \"{}\"",
                    cluster.gateway->device);
    return {};
}

Result<Cluster> withDevice(Cluster cluster, DeviceId id, Device device)
{
    const std::string oldName = cluster.devices.at(id.index()).name;
    const auto rename = [&](std::string& name) {
        if (name == oldName)
            name = device.name;
    };
    for (LinkPair& pair : cluster.pairs) {
        rename(pair.from);
        rename(pair.to);
    }
    if (cluster.gateway)
        rename(cluster.gateway->device);
    cluster.devices[id.index()] = std::move(device);
    return validated(std::move(cluster));
}

Result<Cluster> withNewDevice(Cluster cluster, Device device)
{
    cluster.devices.push_back(std::move(device));
    return validated(std::move(cluster));
}

Result<Cluster> withoutDevice(Cluster cluster, DeviceId id)
{
    const std::string name = cluster.devices.at(id.index()).name;
    std::erase_if(cluster.pairs,
                  [&name](const LinkPair& pair) { return pair.from == name || pair.to == name; });
    if (cluster.gateway && cluster.gateway->device == name)
        cluster.gateway.reset();
    cluster.devices.erase(cluster.devices.begin() + id.value);
    return validated(std::move(cluster));
}

Result<Cluster> withLink(Cluster cluster, DeviceId from, DeviceId to, Link link)
{
    const std::string sender = cluster.devices.at(from.index()).name;
    const std::string receiver = cluster.devices.at(to.index()).name;
    std::erase_if(cluster.pairs,
                  [&](const LinkPair& pair) { return pair.from == sender && pair.to == receiver; });
    if (link != cluster.defaultLink)
        cluster.pairs.push_back({sender, receiver, link});
    return validated(std::move(cluster));
}

std::string freeDeviceName(const Cluster& cluster, const std::string& base)
{
    std::string stem = base;
    while (!stem.empty() && std::isdigit(static_cast<unsigned char>(stem.back())) != 0)
        stem.pop_back();
    if (!stem.empty() && stem.back() == '-')
        stem.pop_back();
    for (int number = 2;; ++number) {
        const std::string ending = "-" + std::to_string(number);
        std::size_t length = std::min(stem.size(), kMaxName - ending.size());
        while (length > 0 && length < stem.size() && (stem[length] & 0xC0) == 0x80)
            --length; // not inside a character of several bytes
        if (std::string name = stem.substr(0, length) + ending; !cluster.find(name))
            return name;
    }
}

} // namespace millrace::cluster
