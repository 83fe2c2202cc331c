// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clusterview/ClusterView.h"

#include "ui/clusterview/Looks.h"
#include "ui/models/Figures.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>

namespace millrace::ui
{

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

} // namespace millrace::ui
