// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `clusterview`: the devices and links as a picture. It gets snapshots and the shared
/// selection, and asks for edits.
#pragma once

#include "ui/models/Selection.h"
#include "ui/models/Snapshot.h"

#include <QGraphicsView>
#include <QVariantMap>

#include <vector>

namespace millrace::ui
{

class DeviceItem;
class LinkItem;

/// Devices as cards around an ellipse, or where the operator dragged them; the plan's hops as
/// arrows. Ctrl and the wheel zoom, dragging the ground pans. GUI thread only.
class ClusterView : public QGraphicsView
{
    Q_OBJECT
public:
    explicit ClusterView(QWidget* parent = nullptr);
    ~ClusterView() override;

    void setSnapshot(const Snapshot& snapshot);
    void setSelection(Selection* selection); ///< not owned
    /// Where devices were dragged to, by name; -1..1 across the pane.
    [[nodiscard]] QVariantMap positions() const { return m_positions; }
    void setPositions(const QVariantMap& positions);
    void fit();
    /// The links' labels as they are shown, and whether any two cards or labels overlap.
    [[nodiscard]] QStringList labels() const;
    [[nodiscard]] bool hasOverlaps() const;

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);

protected:
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    void rebuild();
    void place();
    void placeCards();
    void placeLabels();
    void addLinks();
    void deviceMoved(const DeviceItem& item);
    void sceneSelectionChanged();
    void showSelection(const Selected& selected);
    void request(const Result<cluster::Cluster>& next, const QString& what);
    void setEnabledOf(DeviceId device, bool enabled);
    void duplicate(DeviceId device);
    void remove(DeviceId device);
    void addDevice();
    [[nodiscard]] QString nameOf(DeviceId device) const;
    [[nodiscard]] QSizeF pane() const; ///< in scene units
    [[nodiscard]] QPointF normalised(const QPointF& at) const;
    [[nodiscard]] QPointF fromNormalised(const QPointF& at) const;

    Snapshot m_snapshot;
    Selection* m_selection = nullptr;
    std::vector<DeviceItem*> m_devices;
    std::vector<LinkItem*> m_links;
    QVariantMap m_positions;
    double m_shrink = 1;      ///< scene units to a pixel
    bool m_zoomed = false;    ///< by the operator: no more fitting
    bool m_placing = false;   ///< cards are moved by the view, not by the operator
    bool m_following = false; ///< the shared selection is being shown: no echo
};

} // namespace millrace::ui
