// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Incumbent.h"

namespace millrace::plan
{

/// Among plans as good as the best one, looks for fewer stages, then for fewer weight bytes on
/// another device than in `before` (a device per layer; may be empty). With little work: exact for
/// small problems, an attempt for large ones.
void settleTies(const StageSpace& space, Incumbent& incumbent,
                const std::vector<std::optional<DeviceId>>& before);

} // namespace millrace::plan
