// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/DevicePalette.h"

#include <array>

namespace millrace::ui
{
namespace
{

// Okabe and Ito, "Color Universal Design" (2008).
constexpr std::array<QRgb, 8> kColors = {0xff0072b2, 0xffe69f00, 0xff009e73, 0xffcc79a7,
                                         0xff56b4e9, 0xffd55e00, 0xfff0e442, 0xff8a8a8a};
constexpr std::array<Qt::BrushStyle, 4> kPatterns = {Qt::SolidPattern, Qt::BDiagPattern,
                                                     Qt::Dense5Pattern, Qt::DiagCrossPattern};

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto mix = [share](int x, int y) {
        return static_cast<int>(x * share + y * (1 - share));
    };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

} // namespace

DevicePalette::DevicePalette(const QPalette& palette)
    : m_dark(palette.color(QPalette::Window).lightness() < 128)
{
}

QColor DevicePalette::color(DeviceId device) const
{
    return QColor::fromRgb(kColors[device.index() % kColors.size()]);
}

QBrush DevicePalette::fill(DeviceId device) const
{
    const QColor ground = m_dark ? QColor(0x26, 0x28, 0x2b) : QColor(Qt::white);
    const auto pattern = kPatterns[device.index() / kColors.size() % kPatterns.size()];
    return {mixed(color(device), ground, m_dark ? 0.55 : 0.45), pattern};
}

QColor DevicePalette::textOn(DeviceId device) const
{
    const QColor c = color(device);
    const double luminance = 0.299 * c.red() + 0.587 * c.green() + 0.114 * c.blue();
    return luminance > 140 ? QColor(Qt::black) : QColor(Qt::white);
}

QColor DevicePalette::bottleneck() const
{
    return m_dark ? QColor(0xff, 0x6b, 0x60) : QColor(0xc6, 0x28, 0x28);
}

QColor DevicePalette::good() const
{
    return m_dark ? QColor(0x4f, 0xc0, 0x8d) : QColor(0x00, 0x7a, 0x55);
}

QColor DevicePalette::neutral() const
{
    return m_dark ? QColor(0x4a, 0x4d, 0x52) : QColor(0xe4, 0xe6, 0xe9);
}

} // namespace millrace::ui
