// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "experiment/PaperExperiment.h"

namespace millrace::ctl
{

/// The published experiment cell by cell, as JSON and as tables; cells in the order given.
[[nodiscard]] Report experimentReport(const std::vector<experiment::Cell>& cells);
/// One line per cell under a header.
[[nodiscard]] std::string experimentCsv(const std::vector<experiment::Cell>& cells);

} // namespace millrace::ctl
