// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QString>

namespace millrace::ui
{

/// What the inspector says in rich text; names from files are escaped.
[[nodiscard]] QString describeLayer(const Snapshot& snapshot, LayerId layer);
[[nodiscard]] QString describeTensor(const Snapshot& snapshot, TensorId tensor);
/// The model, the cluster and the plan when nothing is selected.
[[nodiscard]] QString describeAll(const Snapshot& snapshot);

} // namespace millrace::ui
