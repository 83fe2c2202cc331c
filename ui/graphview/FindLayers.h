// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/Graph.h"

#include <QString>

#include <vector>

namespace millrace::ui
{

/// The layers whose name, operator or one of whose outputs contains the text, whatever its case, in
/// the graph's order. Nothing for no text.
[[nodiscard]] std::vector<LayerId> layersMatching(const graph::Graph& graph, const QString& what);

} // namespace millrace::ui
