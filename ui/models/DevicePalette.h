// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <QBrush>
#include <QColor>
#include <QPalette>

namespace millrace::ui
{

/// Eight colours that colour-blind people can tell apart (Okabe and Ito 2008, with the black one
/// replaced by grey), then the same with hatch patterns. A device keeps its colour whatever the
/// plan does. Light and dark follow the palette.
class DevicePalette
{
public:
    explicit DevicePalette(const QPalette& palette);
    [[nodiscard]] bool isDark() const { return m_dark; }
    [[nodiscard]] QColor color(DeviceId device) const; ///< solid, for bars, rings and text marks
    [[nodiscard]] QBrush
    fill(DeviceId device) const; ///< softer, for areas behind text; with pattern from the ninth on
    [[nodiscard]] QColor textOn(DeviceId device) const; ///< readable on color()
    [[nodiscard]] QColor bottleneck() const;            ///< the one red
    [[nodiscard]] QColor good() const;                  ///< serves, is up
    [[nodiscard]] QColor neutral() const;               ///< layers without a device

private:
    bool m_dark;
};

} // namespace millrace::ui
