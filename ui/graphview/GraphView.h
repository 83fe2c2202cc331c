// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/graphview/GraphCanvas.h"
#include "ui/graphview/GraphScene.h"
#include "ui/jobs/JobRunner.h"

#include <QLabel>
#include <QWidget>

namespace millrace::ui
{

class Legend;
class Minimap;

/// The layer graph with its legend and overview. Layout runs off the GUI thread; the old picture
/// stays until the new one is there. Keys: see GraphCanvas; [ and ] follow an edge to a producer
/// and a consumer.
class GraphView : public QWidget
{
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);
    ~GraphView() override;

    void setSnapshot(const Snapshot& snapshot);
    void setSelection(Selection* selection); ///< not owned
    void setColourMode(ColourMode mode);
    [[nodiscard]] ColourMode colourMode() const { return m_mode; }

    /// Marks layers whose name, operator or tensors contain the text, and shows the first. Returns
    /// how many there are.
    int find(const QString& what);
    void findNext();
    void findPrevious();

    void fit();
    void actualSize();
    void zoomIn();
    void zoomOut();
    void relayout(); ///< for the pane's present shape
    void toProducer();
    void toConsumer();

    [[nodiscard]] const GraphScene& scene() const { return *m_scene; }
    [[nodiscard]] GraphCanvas& canvas() { return *m_canvas; }
    [[nodiscard]] bool isLaidOut() const { return m_laidOut; }

signals:
    void layoutFinished();
    void pinRequested(millrace::LayerId layer, const QPoint& globalPos); ///< ask which device

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void recolour();
    void placeOverlays();
    void sceneSelectionChanged();
    void selectionChanged(const Selected& selected);
    void showFound();
    void step(bool forward);

    Snapshot m_snapshot;
    Selection* m_selection = nullptr;
    ColourMode m_mode = ColourMode::Device;
    GraphCanvas* m_canvas;
    GraphScene* m_scene;
    Legend* m_legend;
    Minimap* m_minimap;
    QLabel* m_note;
    std::vector<LayerId> m_found;
    std::size_t m_foundAt = 0;
    bool m_laidOut = false;
    bool m_following = false; ///< the shared selection is being shown: no echo
    JobRunner m_layoutJob;
};

} // namespace millrace::ui
