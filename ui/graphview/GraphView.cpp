// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphView.h"

#include "ui/graphview/FindLayers.h"
#include "ui/graphview/Legend.h"
#include "ui/graphview/Minimap.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace millrace::ui
{
namespace
{

constexpr double kReadableZoom = 0.7;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace

GraphView::GraphView(QWidget* parent)
    : QWidget(parent), m_canvas(new GraphCanvas(this)), m_scene(new GraphScene(this)),
      m_legend(new Legend), m_minimap(new Minimap(*m_canvas)), m_note(new QLabel(m_canvas))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_legend);
    layout->addWidget(m_canvas, 1);
    m_canvas->setObjectName(QStringLiteral("graphCanvas"));
    m_canvas->setAccessibleName(tr("Layer graph"));
    m_canvas->setScene(m_scene);
    m_canvas->viewport()->installEventFilter(this);
    m_note->setObjectName(QStringLiteral("graphNote"));
    m_note->setAlignment(Qt::AlignCenter);
    m_note->setText(
        tr("No model is open.\nOpen an ONNX file with File > Open Model, or drop one here."));
    m_legend->hide();
    m_minimap->hide();
    setFocusProxy(m_canvas);
    connect(m_canvas, &GraphCanvas::viewChanged, this, &GraphView::placeOverlays);
    connect(m_scene, &QGraphicsScene::selectionChanged, this, &GraphView::sceneSelectionChanged);
    placeOverlays();
}

GraphView::~GraphView()
{
    m_scene->disconnect(this);
}

void GraphView::setSnapshot(const Snapshot& snapshot)
{
    const bool otherGraph = snapshot.graph != m_snapshot.graph;
    m_snapshot = snapshot;
    if (otherGraph)
        relayout();
    else if (m_laidOut)
        recolour();
}

void GraphView::setSelection(Selection* selection)
{
    m_selection = selection;
    connect(selection, &Selection::changed, this, &GraphView::selectionChanged);
}

void GraphView::setColourMode(ColourMode mode)
{
    m_mode = mode;
    recolour();
}

void GraphView::relayout()
{
    if (!m_snapshot.graph) {
        m_scene->setLayout({}, {});
        m_laidOut = false;
        return;
    }
    m_note->setText(tr("Laying out %n layer(s)\u2026", nullptr,
                       static_cast<int>(m_snapshot.graph->layers.size())));
    m_note->setVisible(!m_laidOut);
    placeOverlays();
    const QSizeF pane = m_canvas->maximumViewportSize();
    const double aspect = pane.width() / std::max(1.0, pane.height());
    m_layoutJob.start<GraphLayout>(
        [graph = m_snapshot.graph, aspect](const std::stop_token& stop, ProgressSink&) {
            return layOut(*graph, aspect, stop);
        },
        [this](const GraphLayout& layout) {
            m_found.clear();
            m_scene->setLayout(m_snapshot, layout);
            m_laidOut = true;
            m_note->hide();
            recolour();
            m_canvas->fit();
            if (m_selection != nullptr)
                m_scene->showSelection(m_selection->current());
            emit layoutFinished();
        });
}

void GraphView::recolour()
{
    m_scene->setSnapshot(m_snapshot, m_mode, palette());
    m_legend->setEntries(m_scene->legend());
    m_minimap->refresh();
    placeOverlays();
}

void GraphView::placeOverlays()
{
    constexpr int kGap = 8;
    const QSize pane = m_canvas->maximumViewportSize();
    m_minimap->move(pane.width() - m_minimap->width() - kGap,
                    pane.height() - m_minimap->height() - kGap);
    m_note->resize(pane);
    m_note->move(0, 0);
}

void GraphView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_laidOut)
        recolour();
}

void GraphView::sceneSelectionChanged()
{
    if (m_following || m_selection == nullptr)
        return;
    const QList<QGraphicsItem*> items = m_scene->selectedItems();
    const auto* node = items.isEmpty() ? nullptr : dynamic_cast<const NodeItem*>(items.front());
    m_selection->select(node != nullptr ? Selected(node->layer()) : Selected());
}

void GraphView::selectionChanged(const Selected& selected)
{
    m_following = true;
    m_scene->showSelection(selected);
    m_following = false;
}

int GraphView::find(const QString& what)
{
    m_found = m_snapshot.graph ? layersMatching(*m_snapshot.graph, what) : std::vector<LayerId>{};
    m_foundAt = 0;
    m_scene->mark(m_found);
    showFound();
    return static_cast<int>(m_found.size());
}

void GraphView::findNext()
{
    if (m_found.empty())
        return;
    m_foundAt = (m_foundAt + 1) % m_found.size();
    showFound();
}

void GraphView::findPrevious()
{
    if (m_found.empty())
        return;
    m_foundAt = (m_foundAt + m_found.size() - 1) % m_found.size();
    showFound();
}

void GraphView::showFound()
{
    if (m_found.empty())
        return;
    const NodeItem* node = m_scene->node(m_found[m_foundAt]);
    if (node == nullptr)
        return;
    if (m_canvas->zoom() < kReadableZoom)
        m_canvas->setZoom(kReadableZoom);
    m_canvas->centerOn(node);
    if (m_selection != nullptr)
        m_selection->select(node->layer());
}

void GraphView::fit()
{
    m_canvas->fit();
}
void GraphView::actualSize()
{
    m_canvas->setZoom(1);
}
void GraphView::zoomIn()
{
    m_canvas->zoomBy(1.2);
}
void GraphView::zoomOut()
{
    m_canvas->zoomBy(1 / 1.2);
}
void GraphView::toProducer()
{
    step(false);
}
void GraphView::toConsumer()
{
    step(true);
}

/// From the selected layer along its first edge.
void GraphView::step(bool forward)
{
    if (m_selection == nullptr || !m_snapshot.graph)
        return;
    const auto* layer = std::get_if<LayerId>(&m_selection->current());
    if (layer == nullptr)
        return;
    const graph::Layer& from = m_snapshot.graph->layers[layer->index()];
    for (const TensorId id : forward ? from.outputs : from.inputs) {
        const graph::DataflowTensor& flow = m_snapshot.graph->tensors[id.index()].flow;
        const std::optional<LayerId> next =
            forward
                ? (flow.consumers.empty() ? std::nullopt : std::optional(flow.consumers.front()))
                : flow.producer;
        if (!next)
            continue;
        m_selection->select(*next);
        m_canvas->ensureVisible(m_scene->node(*next));
        return;
    }
}

void GraphView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_BracketLeft)
        return toProducer();
    if (event->key() == Qt::Key_BracketRight)
        return toConsumer();
    QWidget::keyPressEvent(event);
}

bool GraphView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::ContextMenu)
        return QWidget::eventFilter(watched, event);
    const auto* menuEvent = static_cast<QContextMenuEvent*>(event);
    const auto* node = dynamic_cast<const NodeItem*>(m_canvas->itemAt(menuEvent->pos()));
    if (node == nullptr)
        return false;
    if (m_selection != nullptr)
        m_selection->select(node->layer());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const LayerId layer = node->layer();
    const QPoint at = menuEvent->globalPos();
    menu->addAction(tr("Pin to a Device\u2026"), this,
                    [this, layer, at] { emit pinRequested(layer, at); });
    menu->addAction(tr("Copy Name"), this, [this, layer] {
        QApplication::clipboard()->setText(text(m_snapshot.graph->layers[layer.index()].name));
    });
    menu->addSeparator();
    menu->addAction(tr("Go to Producer"), QKeySequence(Qt::Key_BracketLeft), this,
                    &GraphView::toProducer);
    menu->addAction(tr("Go to Consumer"), QKeySequence(Qt::Key_BracketRight), this,
                    &GraphView::toConsumer);
    menu->popup(at);
    return true;
}

} // namespace millrace::ui
