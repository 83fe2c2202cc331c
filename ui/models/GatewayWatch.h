// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <functional>
#include <stop_token>

namespace millrace::ui
{

/// Asks a release's gateway how it is several times a second until stopped, and dials again
/// whenever it does not answer. `arrived` gets every status with the events that are new since the
/// one before; `lost` says why there is none, and how many of the release's processes have ended.
/// Both are called on the calling thread. Blocking; for a job.
void watchGateway(const deploy::Release& release, const std::stop_token& stop,
                  const std::function<void(runtime::LiveStatus)>& arrived,
                  const std::function<void(const std::string& why, int deadNodes)>& lost);

} // namespace millrace::ui
