// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphScene.h"

#include "ui/models/Figures.h"

#include <QFontMetricsF>
#include <QGraphicsPathItem>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{
namespace
{

constexpr std::size_t kEdgesPerItem = 200;
constexpr int kFadeMs = 250;

/// A payload on a cut: keeps its size at any zoom, so that it can be read in the overview.
class CutLabel final : public QGraphicsItem
{
public:
    CutLabel(QString label, QColor ground, QColor ink)
        : m_label(std::move(label)), m_ground(std::move(ground)), m_ink(std::move(ink))
    {
        setFlag(ItemIgnoresTransformations);
        setZValue(10);
        m_font.setPixelSize(11);
        m_font.setBold(true);
        const QSizeF size = QFontMetricsF(m_font).size(Qt::TextSingleLine, m_label);
        m_rect = QRectF(-size.width() / 2 - 6, -size.height() / 2 - 2, size.width() + 12,
                        size.height() + 4);
    }
    QRectF boundingRect() const override { return m_rect.adjusted(-1, -1, 1, 1); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setFont(m_font);
        painter->setPen(QPen(m_ink, 1));
        painter->setBrush(m_ground);
        painter->drawRoundedRect(m_rect, 7, 7);
        painter->drawText(m_rect, Qt::AlignCenter, m_label);
    }

private:
    QString m_label;
    QColor m_ground, m_ink;
    QFont m_font;
    QRectF m_rect;
};

/// An arrow head where a path ends.
void addHead(QPainterPath& path, const QPainterPath& edge)
{
    const QPointF tip = edge.pointAtPercent(1);
    const QPointF back =
        edge.pointAtPercent(edge.percentAtLength(std::max(0.0, edge.length() - 8)));
    const double angle = std::atan2(tip.y() - back.y(), tip.x() - back.x());
    for (const double side : {0.4, -0.4}) {
        path.moveTo(tip);
        path.lineTo(tip - QPointF(std::cos(angle + side), std::sin(angle + side)) * 7);
    }
}

} // namespace

GraphScene::GraphScene(QObject* parent) : QGraphicsScene(parent)
{
    setItemIndexMethod(BspTreeIndex);
    m_fade.setDuration(kFadeMs);
    m_fade.setStartValue(0.0);
    m_fade.setEndValue(1.0);
    connect(&m_fade, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        for (NodeItem* item : m_nodes)
            if (item->look().fill.style() != Qt::NoBrush)
                item->fade(value.toDouble());
    });
}

void GraphScene::setLayout(const Snapshot& snapshot, const GraphLayout& layout)
{
    m_fade.stop();
    clear();
    m_nodes.clear();
    m_edgeItems.clear();
    m_cutItems.clear();
    m_cutLabels.clear();
    m_layout = layout;
    if (!snapshot.graph)
        return;
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        m_nodes.push_back(new NodeItem(LayerId(i), layout.nodes[i]));
        addItem(m_nodes.back());
    }
    setSceneRect(layout.bounds);
}

NodeItem* GraphScene::node(LayerId layer) const
{
    return layer.index() < m_nodes.size() ? m_nodes[layer.index()] : nullptr;
}

QStringList GraphScene::cutLabels() const
{
    return m_cutLabels;
}

void GraphScene::setSnapshot(const Snapshot& snapshot, ColourMode mode, const QPalette& palette)
{
    if (!snapshot.graph || snapshot.graph->layers.size() != m_nodes.size())
        return;
    m_deviceOfLayer = deviceOfLayer(snapshot);
    const std::vector<NodeLook> next = looks(snapshot, mode, palette);
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        m_nodes[i]->setLook(next[i]);
    m_fade.stop();
    m_fade.start();
    addEdges(palette);
    addCuts(snapshot, DevicePalette(palette));
    showSelection(m_selected);
}

/// All edges anew, some hundred to an item; cheap beside a layout, and colours follow the theme.
void GraphScene::addEdges(const QPalette& palette)
{
    for (QGraphicsItem* item : m_edgeItems)
        delete item;
    m_edgeItems.clear();
    QColor ink = palette.color(QPalette::WindowText);
    ink.setAlphaF(0.45F);
    for (std::size_t first = 0; first < m_layout.edges.size(); first += kEdgesPerItem) {
        QPainterPath path;
        for (std::size_t e = first; e < std::min(first + kEdgesPerItem, m_layout.edges.size());
             ++e) {
            path.addPath(m_layout.edges[e].path);
            addHead(path, m_layout.edges[e].path);
        }
        m_edgeItems.push_back(addPath(path, QPen(ink, 1.2)));
        m_edgeItems.back()->setZValue(0);
    }
}

/// Where the plan cuts: the crossing edges thick, one payload label for each hop between stages.
void GraphScene::addCuts(const Snapshot& snapshot, const DevicePalette& colours)
{
    for (QGraphicsItem* item : m_cutItems)
        delete item;
    m_cutItems.clear();
    m_cutLabels.clear();
    if (!snapshot.plan)
        return;
    const std::vector<int> stages = stageOfLayer(snapshot);
    const auto hops = snapshot.plan->hops();
    for (std::size_t hop = 1; hop + 1 < hops.size(); ++hop) {
        const bool worst = snapshot.plan->isBottleneck(hops[hop].at);
        const QColor ink = worst              ? colours.bottleneck()
                           : colours.isDark() ? QColor(0xe8, 0xe8, 0xe8)
                                              : QColor(0x22, 0x22, 0x22);
        QPainterPath path;
        const LaidOutEdge* labelled = nullptr;
        for (const LaidOutEdge& edge : m_layout.edges) {
            const bool crosses = stages[edge.from.index()] < static_cast<int>(hop) &&
                                 stages[edge.to.index()] >= static_cast<int>(hop);
            if (!crosses)
                continue;
            path.addPath(edge.path);
            addHead(path, edge.path);
            if (labelled == nullptr || edge.path.length() < labelled->path.length())
                labelled = &edge;
        }
        if (labelled == nullptr)
            continue;
        QPen pen(ink, 3);
        pen.setCosmetic(true);
        m_cutItems.push_back(addPath(path, pen));
        m_cutItems.back()->setZValue(1);
        const QString label = figure(hops[hop].hop.bytes);
        auto* item = new CutLabel(
            label, colours.isDark() ? QColor(0x1e, 0x20, 0x23) : QColor(Qt::white), ink);
        item->setToolTip(tr("Cut %1: %2 cross to the next stage in %3")
                             .arg(QString::number(hop), label, figure(hops[hop].hop.seconds)));
        item->setPos(labelled->path.pointAtPercent(0.5));
        addItem(item);
        m_cutItems.push_back(item);
        m_cutLabels << label;
    }
}

void GraphScene::showSelection(const Selected& selected)
{
    m_selected = selected;
    const auto* device = std::get_if<DeviceId>(&selected);
    const auto* layer = std::get_if<LayerId>(&selected);
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const bool other =
            device != nullptr && i < m_deviceOfLayer.size() && m_deviceOfLayer[i] != *device;
        m_nodes[i]->setOpacity(other ? 0.3 : 1);
        m_nodes[i]->setSelected(layer != nullptr && layer->index() == i);
    }
}

void GraphScene::mark(const std::vector<LayerId>& found)
{
    for (NodeItem* item : m_nodes)
        item->setMarked(std::binary_search(found.begin(), found.end(), item->layer()));
}

} // namespace millrace::ui
