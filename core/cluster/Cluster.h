// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `cluster`: devices, directed links and the cluster file. It uses `base` and yaml-cpp, and
/// knows nothing of ssh.
#pragma once

#include "base/Error.h"
#include "base/Ids.h"
#include "base/Units.h"

#include <compare>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::cluster
{

struct Device {
    std::string name;      ///< unique, printable, no blanks
    std::string className; ///< devices of one class share measured layer times; the device's name
                           ///< when not given
    Bytes memory;          ///< what a stage may use; may be 0 only when `stages` is false
    double speed = 1;      ///< of this machine's; > 0; used only while the class is not measured
    bool stages = true;    ///< false: hosts the gateway at most, never a stage
    bool enabled = true;   ///< false: switched off (a what-if); kept in the file
    std::optional<std::string> address, user, identityFile, dataAddress;
    std::optional<int> port;                      ///< of ssh
    std::optional<std::pair<int, int>> portRange; ///< for stages, inclusive
    bool emulate = false;
    bool operator==(const Device&) const = default;
};

struct Link {
    BitsPerSecond bandwidth; ///< 0: no link
    Seconds delay;           ///< propagation, one way
    Seconds occupancy;       ///< per-message cost at the sender
    bool operator==(const Link&) const = default;
};

/// One entry of `links.pairs`: overrides the default from `from` to `to` only.
struct LinkPair {
    std::string from, to;
    Link link;
    bool operator==(const LinkPair&) const = default;
};

struct Gateway {
    std::string device;
    bool countHops =
        true; ///< whether hop 0 and hop K count: then the device is the problem's source and sink
    bool operator==(const Gateway&) const = default;
};

/// A value. Valid once it came from parseCluster() or passed validate().
struct Cluster {
    std::vector<Device> devices;
    Link defaultLink;            ///< for every directed pair without an entry
    std::vector<LinkPair> pairs; ///< at most one per directed pair, sorted by device order
    std::optional<Gateway> gateway;
    bool operator==(const Cluster&) const = default;

    [[nodiscard]] std::optional<DeviceId> find(std::string_view deviceName) const;
    /// The link in force between two different devices.
    [[nodiscard]] Link link(DeviceId from, DeviceId to) const;
};

/// Names unique and known, sizes and speeds in range, 1 to 2000 devices. InvalidArgument names the
/// device and field.
[[nodiscard]] Result<void> validate(const Cluster& cluster);

/// Pairs in the order of their devices, as a valid cluster has them; the names must be known.
void sortPairs(Cluster& cluster);

/// Cluster file (YAML, "millrace: cluster/1"). Errors: "SOURCE:LINE:COLUMN: what is wrong, what is
/// allowed"; unknown keys are errors that name the nearest allowed key. Hostile text: bounded size,
/// depth and alias expansion.
[[nodiscard]] Result<Cluster> parseCluster(std::string_view text, const std::string& source);
[[nodiscard]] Result<Cluster> readCluster(const std::filesystem::path& path);
/// Parses back to an equal value; a pair equal in both directions is written once with `both:
/// true`.
[[nodiscard]] std::string writeCluster(const Cluster& cluster);

/// Value edits: each returns the changed cluster, so that undo keeps the old one.
/// Renaming carries pairs and gateway along; removing drops them; errors as validate().
[[nodiscard]] Result<Cluster> withDevice(Cluster cluster, DeviceId id, Device device);
[[nodiscard]] Result<Cluster> withNewDevice(Cluster cluster, Device device);
[[nodiscard]] Result<Cluster> withoutDevice(Cluster cluster, DeviceId id);
[[nodiscard]] Result<Cluster> withLink(Cluster cluster, DeviceId from, DeviceId to, Link link);
/// A name not yet taken, made from `base`: "pi-3", "pi-4".
[[nodiscard]] std::string freeDeviceName(const Cluster& cluster, const std::string& base);

} // namespace millrace::cluster
