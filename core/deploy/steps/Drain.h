// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <stop_token>

namespace millrace::deploy
{

/// Through the release's gateway: it takes no more requests, what is under way is answered within
/// a few seconds, then the runners end. A gateway that does not answer is left as it is: whoever
/// wants the runners gone has other means.
void drainAndEnd(const Release& release, const std::stop_token& stop);

} // namespace millrace::deploy
