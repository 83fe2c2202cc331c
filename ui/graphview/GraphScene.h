// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/graphview/GraphLayout.h"
#include "ui/graphview/NodeItem.h"
#include "ui/models/DevicePalette.h"
#include "ui/models/Selection.h"
#include "ui/models/Snapshot.h"

#include <QGraphicsScene>
#include <QVariantAnimation>

#include <vector>

namespace millrace::ui
{

/// What the colour of a layer tells.
enum class ColourMode { Device, Time, Memory, Operator };

/// One line of the legend.
struct LegendEntry {
    QString text;
    QBrush fill;
    QColor accent;
    bool used = true;
    bool operator==(const LegendEntry&) const = default;
};

/// The items of one laid-out graph: nodes, batches of edges, and the cuts with their payloads. GUI
/// thread only.
class GraphScene : public QGraphicsScene
{
    Q_OBJECT
public:
    explicit GraphScene(QObject* parent = nullptr);

    void setLayout(const Snapshot& snapshot, const GraphLayout& layout);
    /// Colours, marks and cuts by the snapshot's plan; the layout stays.
    void setSnapshot(const Snapshot& snapshot, ColourMode mode, const QPalette& palette);
    void showSelection(const Selected& selected);
    void mark(const std::vector<LayerId>& found);

    [[nodiscard]] NodeItem* node(LayerId layer) const;
    [[nodiscard]] std::size_t nodeCount() const { return m_nodes.size(); }
    [[nodiscard]] const std::vector<LegendEntry>& legend() const { return m_legend; }
    /// The texts on the cuts, in pipeline order: "1.20 MiB".
    [[nodiscard]] QStringList cutLabels() const;

private:
    void addEdges(const QPalette& palette);
    void addCuts(const Snapshot& snapshot, const DevicePalette& colours);
    [[nodiscard]] std::vector<NodeLook> looks(const Snapshot& snapshot, ColourMode mode,
                                              const QPalette& palette);
    void deviceLegend(const Snapshot& snapshot, const DevicePalette& colours);
    void operatorLooks(const Snapshot& snapshot, const DevicePalette& colours,
                       std::vector<NodeLook>& looks);
    void heatLooks(const Snapshot& snapshot, ColourMode mode, const DevicePalette& colours,
                   std::vector<NodeLook>& looks);

    GraphLayout m_layout;
    std::vector<NodeItem*> m_nodes;
    std::vector<QGraphicsItem*> m_edgeItems, m_cutItems;
    std::vector<std::optional<DeviceId>> m_deviceOfLayer;
    std::vector<LegendEntry> m_legend;
    QStringList m_cutLabels;
    Selected m_selected;
    QVariantAnimation m_fade;
};

} // namespace millrace::ui
