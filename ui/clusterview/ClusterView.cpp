// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clusterview/ClusterView.h"

#include "ui/clusterview/Looks.h"
#include "ui/models/Figures.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
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

ClusterView::ClusterView(QWidget* parent) : QGraphicsView(parent)
{
    setObjectName(QStringLiteral("clusterView"));
    setAccessibleName(tr("Cluster"));
    setAccessibleDescription(tr("Devices and the links between them"));
    setScene(new QGraphicsScene(this));
    setFrameShape(NoFrame);
    setBackgroundRole(QPalette::Base);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setViewportUpdateMode(FullViewportUpdate);
    setTransformationAnchor(AnchorUnderMouse);
    setDragMode(ScrollHandDrag);
    viewport()->setCursor(Qt::ArrowCursor);
    setMinimumSize(180, 140);
    connect(scene(), &QGraphicsScene::selectionChanged, this, &ClusterView::sceneSelectionChanged);
}

ClusterView::~ClusterView()
{
    scene()->disconnect(this);
}

void ClusterView::setSnapshot(const Snapshot& snapshot)
{
    m_snapshot = snapshot;
    rebuild();
}

void ClusterView::setSelection(Selection* selection)
{
    m_selection = selection;
    connect(selection, &Selection::changed, this, &ClusterView::showSelection);
}

void ClusterView::setPositions(const QVariantMap& positions)
{
    m_positions = positions;
    rebuild();
}

/// Cards are kept while the devices are the same: one may be in the operator's hand.
void ClusterView::rebuild()
{
    const QSignalBlocker quiet(scene());
    for (LinkItem* link : m_links)
        delete link;
    m_links.clear();
    const std::size_t count = m_snapshot.cluster ? m_snapshot.cluster->devices.size() : 0;
    if (count != m_devices.size()) {
        scene()->clear();
        m_devices.clear();
        for (std::size_t i = 0; i < count; ++i) {
            auto* item = new DeviceItem(DeviceId(i));
            scene()->addItem(item);
            item->onMoved([this, item] { deviceMoved(*item); });
            m_devices.push_back(item);
        }
    }
    if (count == 0)
        return viewport()->update();
    const std::vector<DeviceLook> looks = deviceLooks(m_snapshot, palette());
    for (std::size_t i = 0; i < count; ++i)
        m_devices[i]->setLook(looks[i], palette());
    addLinks();
    place();
    if (m_selection != nullptr)
        showSelection(m_selection->current());
}

void ClusterView::addLinks()
{
    for (const LinkLook& look : linkLooks(m_snapshot, palette())) {
        auto* item = new LinkItem(*m_devices[look.ends.from.index()],
                                  *m_devices[look.ends.to.index()], look, palette());
        scene()->addItem(item);
        m_links.push_back(item);
    }
}

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

void ClusterView::sceneSelectionChanged()
{
    if (m_following || m_selection == nullptr)
        return;
    const QList<QGraphicsItem*> items = scene()->selectedItems();
    if (items.isEmpty())
        return m_selection->select({});
    if (const auto* device = dynamic_cast<const DeviceItem*>(items.front()))
        return m_selection->select(device->device());
    if (const auto* link = dynamic_cast<const LinkItem*>(items.front()))
        m_selection->select(link->look().ends);
}

void ClusterView::showSelection(const Selected& selected)
{
    m_following = true;
    scene()->clearSelection();
    if (const auto* device = std::get_if<DeviceId>(&selected))
        if (device->index() < m_devices.size())
            m_devices[device->index()]->setSelected(true);
    if (const auto* ends = std::get_if<LinkEnds>(&selected))
        for (LinkItem* link : m_links)
            link->setSelected(link->look().ends == *ends);
    m_following = false;
    viewport()->update();
}

QString ClusterView::nameOf(DeviceId device) const
{
    return QString::fromStdString(m_snapshot.cluster->devices[device.index()].name);
}

void ClusterView::request(const Result<cluster::Cluster>& next, const QString& what)
{
    if (next)
        emit editRequested(*next, what, {});
    else
        emit editRefused(tr("Cannot change the cluster. %1.").arg(reasonOf(next.error())));
}

void ClusterView::setEnabledOf(DeviceId device, bool enabled)
{
    cluster::Device next = m_snapshot.cluster->devices[device.index()];
    next.enabled = enabled;
    request(cluster::withDevice(*m_snapshot.cluster, device, next),
            enabled ? tr("switch %1 on").arg(nameOf(device))
                    : tr("switch %1 off").arg(nameOf(device)));
}

void ClusterView::duplicate(DeviceId device)
{
    cluster::Device copy = m_snapshot.cluster->devices[device.index()];
    copy.name = cluster::freeDeviceName(*m_snapshot.cluster, copy.name);
    request(cluster::withNewDevice(*m_snapshot.cluster, copy),
            tr("duplicate %1").arg(nameOf(device)));
}

void ClusterView::remove(DeviceId device)
{
    const QString name = nameOf(device);
    const auto next = cluster::withoutDevice(*m_snapshot.cluster, device);
    if (next && m_selection != nullptr)
        m_selection->select({});
    request(next, tr("remove %1").arg(name));
}

void ClusterView::addDevice()
{
    cluster::Device device;
    device.name = cluster::freeDeviceName(*m_snapshot.cluster, "device");
    device.className = device.name;
    device.memory = Bytes{std::int64_t{512} << 20};
    request(cluster::withNewDevice(*m_snapshot.cluster, device), tr("add a device"));
}

void ClusterView::contextMenuEvent(QContextMenuEvent* event)
{
    if (!m_snapshot.cluster)
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (const auto* item = dynamic_cast<const DeviceItem*>(itemAt(event->pos()))) {
        const DeviceId device = item->device();
        const bool enabled = m_snapshot.cluster->devices[device.index()].enabled;
        menu->addAction(enabled ? tr("Switch Off") : tr("Switch On"), this,
                        [this, device, enabled] { setEnabledOf(device, !enabled); });
        menu->addAction(tr("Duplicate"), this, [this, device] { duplicate(device); });
        menu->addAction(tr("Remove"), this, [this, device] { remove(device); });
        menu->addSeparator();
    }
    menu->addAction(tr("Add Device"), this, [this] { addDevice(); });
    menu->addAction(tr("Arrange Anew"), this, [this] { setPositions({}); });
    menu->addAction(tr("Fit"), this, &ClusterView::fit);
    menu->popup(event->globalPos());
}

void ClusterView::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down ? 1
                     : event->key() == Qt::Key_Left || event->key() == Qt::Key_Up  ? -1
                                                                                   : 0;
    const auto* device = m_selection == nullptr || m_devices.empty()
                             ? nullptr
                             : std::get_if<DeviceId>(&m_selection->current());
    const auto count = static_cast<int>(m_devices.size());
    if (step != 0 && m_selection != nullptr && count > 0)
        m_selection->select(
            DeviceId(device == nullptr ? 0 : (device->value + step + count) % count));
    else if (event->key() == Qt::Key_Delete && device != nullptr)
        remove(*device);
    else if (event->key() == Qt::Key_Space && device != nullptr)
        setEnabledOf(*device, !m_snapshot.cluster->devices[device->index()].enabled);
    else
        QGraphicsView::keyPressEvent(event);
}

void ClusterView::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    place();
}

void ClusterView::changeEvent(QEvent* event)
{
    QGraphicsView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && scene() != nullptr)
        rebuild();
}

void ClusterView::drawForeground(QPainter* painter, const QRectF&)
{
    if (!m_devices.empty())
        return;
    painter->setPen(palette().color(QPalette::PlaceholderText));
    painter->drawText(sceneRect(), Qt::AlignCenter | Qt::TextWordWrap,
                      tr("No cluster is open. Open a cluster file, or add a device."));
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
