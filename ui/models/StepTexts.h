// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Steps.h"

#include <QString>

namespace millrace::ui
{

/// What is known of one step on one device. Times are Unix seconds.
struct StepCell {
    deploy::StepState state = deploy::StepState::Waiting;
    double begun = 0, ended = 0;
    double fraction = -1; ///< of a step that runs; negative: unknown
    QString detail;
    Bytes sent, toSend;
};

/// A step of the recipe in the operator's language.
[[nodiscard]] QString stepName(deploy::StepId step);
/// What stands in the cell: a sign, and how far or how long.
[[nodiscard]] QString stepText(const StepCell& cell);
/// "pi-3, Upload: done after 1.20 s."
[[nodiscard]] QString stepSentence(const QString& row, deploy::StepId step, const StepCell& cell);

} // namespace millrace::ui
