// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "work/ReleaseState.h"

#include <functional>
#include <stop_token>

namespace millrace::ui
{

/// Why a gateway says nothing.
struct GatewayLoss {
    Error error;
    int deadNodes = 0;      ///< processes of a local release that have ended
    bool isRemoved = false; ///< the release was undeployed meanwhile
};

/// Asks a release's gateway how it is several times a second until stopped, and dials again
/// whenever it does not answer. `arrived` gets every status with the events that are new since the
/// one before, with as many stages and hops as the release's plan, and how the release is then.
/// Both are called on the calling thread. Blocking; for a job.
void watchGateway(const deploy::Release& release, const std::stop_token& stop,
                  const std::function<void(runtime::LiveStatus, work::State)>& arrived,
                  const std::function<void(const GatewayLoss&)>& lost);

} // namespace millrace::ui
