// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/GatewayClient.h"
#include "runtime/Wire.h"

namespace millrace::runtime
{

/// A client's connection to a gateway, greeted. `next`: the first answer that the client has not.
[[nodiscard]] Result<Greeted> openGateway(const GatewayAddress& address, wire::Purpose purpose,
                                          std::uint64_t session, std::uint64_t next,
                                          const Limit& limit);

} // namespace millrace::runtime
