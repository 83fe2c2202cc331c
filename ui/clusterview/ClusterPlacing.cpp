// SPDX-License-Identifier: GPL-3.0-or-later
// Where the cards and labels of the cluster's picture go, and how much of it is seen.
#include "ui/clusterview/ClusterView.h"
#include "ui/clusterview/DeviceItem.h"
#include "ui/clusterview/LinkItem.h"

#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace millrace::ui
{
namespace
{

constexpr double kMargin = 6;
constexpr QSizeF kSmallestPane(380, 300); // below, the picture shrinks
constexpr double kShrink = 1.12;
constexpr double kSmallest = 5; // times smaller

QRectF cardRect(const DeviceItem& item)
{
    return item.boundingRect().translated(item.pos());
}

} // namespace

QSizeF ClusterView::pane() const
{
    return QSizeF(viewport()->size()).expandedTo(kSmallestPane) * m_shrink;
}

QPointF ClusterView::fromNormalised(const QPointF& at) const
{
    return {at.x() * (pane().width() / 2 - DeviceItem::kWidth / 2 - kMargin),
            at.y() * (pane().height() / 2 - DeviceItem::kHeight / 2 - kMargin)};
}

QPointF ClusterView::normalised(const QPointF& at) const
{
    const QPointF corner = fromNormalised({1, 1});
    return {std::clamp(at.x() / corner.x(), -1.0, 1.0), std::clamp(at.y() / corner.y(), -1.0, 1.0)};
}

/// Shrinks the picture until nothing in it overlaps; what the operator dragged stays where it is.
void ClusterView::place()
{
    const bool isDragged =
        std::any_of(m_devices.begin(), m_devices.end(), [this](const DeviceItem* item) {
            return m_positions.contains(item->look().name);
        });
    if (!isDragged)
        m_shrink = 1;
    placeCards();
    while (!isDragged && hasOverlaps() && m_shrink < kSmallest) {
        m_shrink *= kShrink;
        placeCards();
    }
    if (!m_zoomed)
        fitInView(sceneRect(), Qt::KeepAspectRatio);
}

void ClusterView::fit()
{
    m_zoomed = false;
    place();
}

/// Ctrl and the wheel zoom to the cursor.
void ClusterView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return QGraphicsView::wheelEvent(event);
    const double factor = std::pow(kShrink, event->angleDelta().y() / 60.0);
    if (transform().m11() * factor > 0.1 && transform().m11() * factor < 5)
        scale(factor, factor);
    m_zoomed = true;
    event->accept();
}

/// Around an ellipse from the top, in the cluster's order, so that a card stays where it is
/// whatever the plan does.
void ClusterView::placeCards()
{
    m_placing = true;
    for (std::size_t i = 0; i < m_devices.size(); ++i) {
        const double angle =
            2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(m_devices.size());
        const QVariant dragged = m_positions.value(m_devices[i]->look().name);
        const QPointF at = dragged.isValid()       ? dragged.toPointF()
                           : m_devices.size() == 1 ? QPointF()
                                                   : QPointF(std::sin(angle), -std::cos(angle));
        if (scene()->mouseGrabberItem() != m_devices[i])
            m_devices[i]->setPos(fromNormalised(at));
    }
    m_placing = false;
    setSceneRect(QRectF(QPointF(-pane().width() / 2, -pane().height() / 2), pane()));
    for (LinkItem* link : m_links)
        link->follow();
    placeLabels();
}

/// Labels move along and beside their links until they hide neither a card nor another label.
void ClusterView::placeLabels()
{
    std::vector<QRectF> taken;
    for (const DeviceItem* item : m_devices)
        taken.push_back(cardRect(*item));
    const QRectF pane = sceneRect();
    for (LinkItem* link : m_links) {
        if (link->look().label.isEmpty())
            continue;
        const auto isFree = [&] {
            const QRectF label = link->labelRect();
            return pane.contains(label) &&
                   std::none_of(taken.begin(), taken.end(),
                                [&label](const QRectF& r) { return r.intersects(label); });
        };
        const auto find = [&](const std::vector<int>& sides) {
            for (const double share : {0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82})
                for (const int side : sides) {
                    link->placeLabel(share, side);
                    if (isFree())
                        return true;
                }
            return false;
        };
        if (!find({0}) && !find({1, -1})) {
            link->useShortLabel();
            if (!find({0}) && !find({1, -1, 2, -2, 3, -3}))
                link->placeLabel(0.5, 0);
        }
        taken.push_back(link->labelRect());
    }
}

void ClusterView::deviceMoved(const DeviceItem& item)
{
    if (m_placing)
        return;
    m_positions[item.look().name] = normalised(item.pos());
    for (LinkItem* link : m_links)
        link->follow();
    placeLabels();
}

QStringList ClusterView::labels() const
{
    QStringList labels;
    for (const LinkItem* link : m_links)
        if (!link->look().label.isEmpty())
            labels << link->look().label;
    return labels;
}

bool ClusterView::hasOverlaps() const
{
    std::vector<QRectF> boxes;
    for (const DeviceItem* item : m_devices)
        boxes.push_back(cardRect(*item));
    for (const LinkItem* link : m_links)
        if (!link->look().label.isEmpty())
            boxes.push_back(link->labelRect());
    for (std::size_t a = 0; a < boxes.size(); ++a)
        for (std::size_t b = a + 1; b < boxes.size(); ++b)
            if (boxes[a].intersects(boxes[b]))
                return true;
    return false;
}

} // namespace millrace::ui
