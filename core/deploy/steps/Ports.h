// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Facts.h"

namespace millrace::deploy
{

/// Free ports of the device's port_range (7400-7499 without one). Network when there are too few.
[[nodiscard]] Result<std::vector<std::uint16_t>> choosePorts(const cluster::Device& device,
                                                             const Facts& facts,
                                                             const std::set<std::uint16_t>& taken,
                                                             int count);
/// Of the device of this name, by every release that is kept: each has ports of its own.
[[nodiscard]] std::set<std::uint16_t> takenPorts(const std::string& device);
/// Ports of the loopback address that nobody listens on and no other release counts on; outside the
/// range from which outgoing connections get theirs.
[[nodiscard]] Result<std::vector<std::uint16_t>> freePorts(std::size_t count);

} // namespace millrace::deploy
