// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteHost.h"

#include <memory>

namespace millrace::ssh
{

/// This computer behind the interface of the others: the same scripts, run by its own /bin/sh as
/// children of this process, and files copied. Relative folders start from $HOME.
[[nodiscard]] std::unique_ptr<RemoteHost> thisComputer();

} // namespace millrace::ssh
