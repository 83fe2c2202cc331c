// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/ReleaseIndex.h"

#include "base/File.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace millrace::deploy
{
namespace
{

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// All that can be read, newest first.
std::vector<ReleaseHeader> everyHeader()
{
    std::vector<ReleaseHeader> headers;
    for (const auto& entry : entriesOf(stateFolder() / "releases")) {
        const auto file = entry / "release.json";
        const auto text = readFile(file);
        auto header =
            text ? parseReleaseHeader(*text, file.string()) : tl::unexpected(text.error());
        if (header && header->id == entry.filename())
            headers.push_back(std::move(*header));
    }
    std::sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) {
        return std::pair(b.createdAt, b.id) < std::pair(a.createdAt, a.id);
    });
    return headers;
}

bool isAbandoned(const ReleaseHeader& release)
{
    return release.owner && !isAlive(*release.owner);
}

bool isInTheMaking(const ReleaseHeader& release)
{
    return release.kind == ReleaseKind::Ssh && release.owner;
}

/// The address and port of a device, by which two clusters' devices are the same one.
using Place = std::pair<std::string, int>;
constexpr int kSshPort = 22;

std::optional<Place> placeOf(const cluster::Device& device)
{
    if (!device.address)
        return std::nullopt;
    return Place(*device.address, device.port.value_or(kSshPort));
}

} // namespace

std::filesystem::path stateFolder()
{
    if (const std::string own = variable("MILLRACE_STATE"); !own.empty())
        return absolutePath(own);
    if (const std::string xdg = variable("XDG_STATE_HOME"); !xdg.empty())
        return std::filesystem::path(xdg) / "millrace";
    return std::filesystem::path(variable("HOME")) / ".local" / "state" / "millrace";
}

std::vector<ReleaseHeader> releaseHeaders()
{
    std::vector<ReleaseHeader> headers = everyHeader();
    headers.erase(std::remove_if(headers.begin(), headers.end(), &isAbandoned), headers.end());
    return headers;
}

std::vector<ReleaseHeader> abandonedReleases()
{
    std::vector<ReleaseHeader> headers = everyHeader();
    std::erase_if(headers, [](const ReleaseHeader& header) { return !isAbandoned(header); });
    return headers;
}

Result<Release> readRelease(const ReleaseHeader& header)
{
    const auto file = header.folder / "release.json";
    const auto text = readFile(file);
    return text ? parseRelease(*text, file.string()) : tl::unexpected(text.error());
}

std::vector<Release> localReleases()
{
    std::vector<Release> releases;
    for (const ReleaseHeader& header : releaseHeaders())
        if (auto release = readRelease(header))
            releases.push_back(std::move(*release));
    return releases;
}

Result<Release> findRelease(const std::string& id)
{
    const std::vector<ReleaseHeader> headers = releaseHeaders();
    if (headers.empty())
        return fail(ErrorCode::NotFound, "there is no release; millracectl deploy MODEL CLUSTER "
                                         "makes one, with --local on this machine");
    const auto found =
        std::find_if(headers.begin(), headers.end(), [&id](const ReleaseHeader& header) {
            return id.empty() ? header.standing == Standing::Current && !isInTheMaking(header)
                              : header.id == id;
        });
    if (found != headers.end())
        return readRelease(*found);
    if (id.empty())
        return readRelease(headers.front());
    std::vector<std::string> ids;
    for (const ReleaseHeader& header : headers)
        ids.push_back(header.id);
    return fail(ErrorCode::NotFound, "there is no release \"{}\"; what there is: {}", id,
                fmt::join(ids, ", "));
}

std::vector<Release> releasesBeside(const Release& release)
{
    std::set<Place> places;
    for (const cluster::Device& device : release.cluster.devices)
        if (const auto place = placeOf(device))
            places.insert(*place);
    const auto isShared = [&](const Release& other, const ReleaseNode& node) {
        const auto id = other.cluster.find(node.device);
        const auto place = id ? placeOf(other.cluster.devices[id->index()]) : std::nullopt;
        return place && places.contains(*place);
    };
    std::vector<Release> beside;
    for (const ReleaseHeader& header : releaseHeaders()) {
        if (header.kind != ReleaseKind::Ssh || header.owner || header.id == release.id)
            continue;
        auto other = readRelease(header);
        if (other && std::any_of(other->nodes.begin(), other->nodes.end(),
                                 [&](const auto& node) { return isShared(*other, node); }))
            beside.push_back(std::move(*other));
    }
    return beside;
}

} // namespace millrace::deploy
