// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <QColor>
#include <QGraphicsItem>
#include <QString>

#include <functional>

namespace millrace::ui
{

/// What one device's card says.
struct DeviceLook {
    QString name;
    QString role;   ///< "stage 2 · 65.0 ms", "gateway", "off"
    QString memory; ///< "38 % of 128 MiB"; empty for a device that hosts no stage
    QString tip;
    QColor color;
    double used =
        0; ///< share of the memory, 0..1; above 1 while less is given than the last plan used
    bool enabled = true, hasStage = false, bottleneck = false;
    bool operator==(const DeviceLook&) const = default;
};

/// A device as a card that can be dragged.
class DeviceItem : public QGraphicsItem
{
public:
    explicit DeviceItem(DeviceId device);
    [[nodiscard]] DeviceId device() const { return m_device; }
    [[nodiscard]] const DeviceLook& look() const { return m_look; }
    void setLook(const DeviceLook& look, const QPalette& palette);
    /// Called after the operator moved it.
    void onMoved(std::function<void()> moved) { m_moved = std::move(moved); }
    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

    static constexpr double kWidth = 146, kHeight = 56;

protected:
    QVariant itemChange(GraphicsItemChange change, const QVariant& value) override;

private:
    void paintRing(QPainter& painter, const QRectF& place) const;

    DeviceId m_device;
    DeviceLook m_look;
    QColor m_ground, m_ink, m_faint, m_alarm, m_highlight;
    std::function<void()> m_moved;
};

} // namespace millrace::ui
