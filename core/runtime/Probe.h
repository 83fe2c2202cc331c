// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Node.h"

namespace millrace::runtime
{

/// Which way a link is measured; one side dials, since not every side can be dialled.
enum class Direction {
    FromHere, ///< from the dialling side
    ToHere,
};

/// Another node, and where it listens.
struct ProbePeer {
    Peer peer;
    Endpoint endpoint;
    bool operator==(const ProbePeer&) const = default;
};

/// "millrace-probe/1", JSON: a node that measures links with its peers. Files as in NodeConfig.
struct ProbeConfig {
    std::string name;
    Endpoint listen;
    std::string certificateFile = "node.crt", keyFile = "node.key";
    std::vector<ProbePeer> peers;
    bool operator==(const ProbeConfig&) const = default;
};
[[nodiscard]] std::string writeProbeConfig(const ProbeConfig& config);
/// Hostile input: files must lie in the config's folder.
[[nodiscard]] Result<ProbeConfig> parseProbeConfig(std::string_view text,
                                                   const std::string& source);

/// Lets peers measure, until the stop or until nobody came for some minutes. Blocks.
[[nodiscard]] Result<void> serveProbes(const ProbeConfig& config,
                                       const std::filesystem::path& folder, std::stop_token stop,
                                       const LogSink& log);

struct LinkFigures {
    BitsPerSecond bandwidth; ///< of application bytes, over TLS as stages send them, by the
                             ///< receiver's clock without the connection's slow start
    Seconds delay;           ///< half of the shortest round trip
};
/// Dials the peer of this name and measures for about `duration`. Errors as of Connection::dial().
[[nodiscard]] Result<LinkFigures> measureLink(const ProbeConfig& config,
                                              const std::filesystem::path& folder,
                                              const std::string& peer, Direction direction,
                                              Seconds duration, std::stop_token stop);

} // namespace millrace::runtime
