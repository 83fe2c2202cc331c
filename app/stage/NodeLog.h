// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Log.h"

namespace millrace::stage
{

/// Where a node's lines go. Whoever starts a runner as a service lets its standard error lead into
/// `folder`/node.log: then that file is kept within bounds, and standard error follows it. By hand
/// the lines stay on standard error.
[[nodiscard]] Log openNodeLog(const std::filesystem::path& folder);

} // namespace millrace::stage
