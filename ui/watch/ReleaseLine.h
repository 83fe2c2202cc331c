// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/LiveRelease.h"

#include <QColor>
#include <QPalette>
#include <QString>

namespace millrace::ui
{

/// How the release that is watched is, in a few words with a sign before them, and their colour.
struct ReleaseLine {
    QString text;
    QColor colour;
};

/// What is done with it comes before how it is; a gateway that does not answer before what it said
/// last.
[[nodiscard]] ReleaseLine releaseLine(const LiveRelease& live, const QPalette& palette);

} // namespace millrace::ui
