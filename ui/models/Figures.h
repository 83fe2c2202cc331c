// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Units.h"
#include "plan/Plan.h"

#include <QString>

namespace millrace::ui
{

/// Figures as the window writes them: three significant digits and a unit.
[[nodiscard]] QString threeDigits(double value); ///< without a unit
[[nodiscard]] QString figure(Bytes bytes);
[[nodiscard]] QString figure(Seconds seconds);
[[nodiscard]] QString figure(BitsPerSecond bandwidth);
[[nodiscard]] QString perSecond(double throughput); ///< "1.90 inferences/s"
[[nodiscard]] QString percent(double share);        ///< "12.3 %"
/// "proven optimal", "no feasible plan", ...
[[nodiscard]] QString statusText(plan::Status status);
/// For a tooltip: names of devices and files are shown as they are, even where they look like
/// markup.
[[nodiscard]] QString plainTip(const QString& text);
/// An error's message as a sentence within others, without its full stop.
[[nodiscard]] QString reasonOf(const Error& error);
/// "compute on nuc" or "link nano > nuc"; `names` are the problem's devices.
[[nodiscard]] QString bottleneckText(const plan::Pipeline& pipeline,
                                     const std::vector<std::string>& names);

} // namespace millrace::ui
