// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/ConfigLines.h"

#include <map>
#include <optional>

namespace millrace::ssh
{

/// What Millrace makes of a keyword of ssh_config(5).
enum class Disposition {
    Honoured,
    Refusable, ///< cannot be honoured; only a value that switches it off is taken
    Harmless,  ///< about terminals, forwarding, logs: means nothing here
};

/// nullopt: no keyword of ssh_config. `keyword` in lower case; old names are known, too.
[[nodiscard]] std::optional<Disposition> dispositionOf(std::string_view keyword);

/// Unsupported, naming place and keyword, when a refusable keyword is switched on.
[[nodiscard]] Result<void> refuseWhatCannotBe(const ConfigLine& line);

} // namespace millrace::ssh
