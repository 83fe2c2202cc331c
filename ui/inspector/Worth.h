// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/whatif/Finding.h"
#include "ui/models/Selection.h"
#include "ui/models/Snapshot.h"

#include <QString>

namespace millrace::ui
{

/// What is worth knowing about the selected device or link; nothing while there is no plan, or none
/// that belongs to the cluster shown.
[[nodiscard]] std::vector<plan::Change> changesOf(const Snapshot& snapshot,
                                                  const Selected& selected);

enum class Search { Runs, Ended };
/// "What it would bring" in rich text: a row for each change that matters ("+64 MiB", "+31.0 %
/// /s"), and why the others do not.
[[nodiscard]] QString describeWorth(const Snapshot& snapshot,
                                    const std::vector<plan::Finding>& findings, Search search);

} // namespace millrace::ui
