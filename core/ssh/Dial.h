// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Config.h"
#include "ssh/Descriptor.h"

#include <stop_token>

namespace millrace::ssh
{

/// A connected TCP socket; every address of the name is tried. Name look-up runs on a thread of its
/// own, which is left behind when it takes longer than the limit.
[[nodiscard]] Result<Descriptor> dial(const std::string& host, std::uint16_t port,
                                      AddressFamily family, Seconds limit,
                                      const std::stop_token& stop);

} // namespace millrace::ssh
