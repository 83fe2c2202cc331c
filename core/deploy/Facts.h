// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"
#include "cluster/Cluster.h"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::deploy
{

/// What looks after a started runner.
enum class Services {
    Process, ///< millrace-stage --supervise
    Systemd, ///< the user's service manager, which stays without a session (lingering)
};

/// What a host says of itself.
struct Facts {
    std::string system, architecture; ///< uname: "Linux", "x86_64"
    std::string libc;                 ///< "glibc 2.36"; empty or another name: not glibc
    std::filesystem::path folder;     ///< Millrace's own there, absolute
    std::filesystem::path parent;     ///< the nearest folder above that exists
    bool isWritable = false;          ///< `parent`
    int cores = 1;
    Bytes memory, freeMemory, freeDisk;
    double clock = 0; ///< Unix seconds
    Services services = Services::Process;
    std::set<std::uint16_t> listeningPorts;
    bool operator==(const Facts&) const = default;
};

/// From the helper script's "facts"; ParseError when it is not that.
[[nodiscard]] Result<Facts> parseFacts(std::string_view text);

/// The runner and the library it loads, for one architecture.
struct RunnerFiles {
    std::filesystem::path program, library;
    std::string architecture; ///< as uname says it
    int glibcMinor = 0;       ///< the newest glibc 2.x that it asks for
};
/// `runner`, or millrace-stage beside the running program.
[[nodiscard]] Result<std::filesystem::path> findRunner(const std::filesystem::path& runner);
/// findRunner(), with the ONNX Runtime that this process
/// uses; for another architecture both from the folder runners/ARCHITECTURE beside the program.
/// Unsupported, with where to put them, when they are not there.
[[nodiscard]] Result<RunnerFiles> runnerFor(const std::string& architecture,
                                            const std::filesystem::path& runner);

/// What a host would be given.
struct Demand {
    Bytes memory; ///< of its stages, by the plan
    Bytes disk;   ///< what may have to be sent
    int ports = 1;
};
/// What of a device can be wrong, in the order in which it is found out.
enum class Aspect { Reach, HostKey, Login, Shell, System, Folder, Disk, Memory, Clock, Ports };
struct Fault {
    Aspect aspect = Aspect::Reach;
    Error error; ///< says what is missing and what to do
};
/// What keeps the host from taking it: system, C library, folder, disk, memory, clock.
[[nodiscard]] std::vector<Fault> faultsOf(const Facts& facts, const RunnerFiles& runner,
                                          const Demand& demand, double now);
/// The first of faultsOf().
[[nodiscard]] Result<void> checkFacts(const Facts& facts, const RunnerFiles& runner,
                                      const Demand& demand, double now);

} // namespace millrace::deploy
