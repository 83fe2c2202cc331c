// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphLayout.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::ui
{
namespace
{

constexpr double kBandGap = 46;
constexpr double kMargin = 30;

/// One row of the folded picture: what lies between two x of the long row.
struct Band {
    double left = 0, right = 0;
    double top = 0, bottom = 0; ///< of the nodes in it
    QPointF shift;              ///< from the long row to the folded picture
};

/// The sorted x of the ranks; nodes of one rank share theirs.
std::vector<double> ranks(const RowLayout& row)
{
    std::vector<double> xs;
    for (const QPointF& centre : row.centres)
        xs.push_back(centre.x());
    std::sort(xs.begin(), xs.end());
    xs.erase(std::unique(xs.begin(), xs.end(),
                         [](double a, double b) { return b - a < kNodeWidth / 2; }),
             xs.end());
    return xs;
}

/// How many edges each gap between ranks cuts; folding where few are cut reads best.
std::vector<int> crossings(const RowLayout& row, const std::vector<double>& xs)
{
    std::vector<int> change(xs.size() + 1, 0);
    const auto rankOf = [&xs](double x) {
        return static_cast<std::size_t>(std::lower_bound(xs.begin(), xs.end(), x - kNodeWidth / 2) -
                                        xs.begin());
    };
    for (const RowLayout::Edge& edge : row.edges) {
        const std::size_t a = rankOf(row.centres[edge.from.index()].x());
        const std::size_t b = rankOf(row.centres[edge.to.index()].x());
        ++change[std::min(a, b)];
        --change[std::max(a, b)];
    }
    for (std::size_t i = 1; i < change.size(); ++i)
        change[i] += change[i - 1];
    return change;
}

std::vector<Band> bandsOf(const RowLayout& row, double aspect)
{
    const std::vector<double> xs = ranks(row);
    const auto [low, high] =
        std::minmax_element(row.centres.begin(), row.centres.end(),
                            [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); });
    const double width = xs.back() - xs.front() + kNodeWidth;
    const double height = high->y() - low->y() + kNodeHeight + kBandGap;
    const auto wanted = static_cast<std::size_t>(std::clamp(
        std::round(std::sqrt(width / (aspect * height))), 1.0, static_cast<double>(xs.size())));
    const std::vector<int> cut = crossings(row, xs);
    std::vector<Band> bands;
    std::size_t first = 0;
    for (std::size_t b = 1; b <= wanted && first < xs.size(); ++b) {
        // The fold lies near an equal share, within a tenth of a row, where the fewest edges are
        // cut.
        const std::size_t even = xs.size() * b / wanted;
        const std::size_t slack = xs.size() / wanted / 8;
        std::size_t end = std::max(even, first + 1);
        for (std::size_t at = even - std::min(even, slack); b < wanted && at <= even + slack; ++at)
            if (at > first && at < xs.size() && cut[at - 1] < cut[end - 1])
                end = at;
        if (b == wanted)
            end = xs.size();
        Band band;
        band.left = xs[first] - kNodeWidth / 2;
        band.right = xs[end - 1] + kNodeWidth / 2;
        bands.push_back(band);
        first = end;
    }
    return bands;
}

std::size_t bandOf(const std::vector<Band>& bands, double x)
{
    for (std::size_t b = 0; b + 1 < bands.size(); ++b)
        if (x <= bands[b].right + 1)
            return b;
    return bands.size() - 1;
}

/// Stacks the bands, each as high as its own nodes.
void place(std::vector<Band>& bands, const RowLayout& row)
{
    for (Band& band : bands)
        band.top = std::numeric_limits<double>::max(), band.bottom = -band.top;
    for (const QPointF& centre : row.centres) {
        Band& band = bands[bandOf(bands, centre.x())];
        band.top = std::min(band.top, centre.y() - kNodeHeight / 2);
        band.bottom = std::max(band.bottom, centre.y() + kNodeHeight / 2);
    }
    double y = 0;
    for (Band& band : bands) {
        band.shift = QPointF(-band.left, y - band.top);
        y += band.bottom - band.top + kBandGap;
    }
}

QPainterPath inBand(const RowLayout::Edge& edge, QPointF from, QPointF to, QPointF shift)
{
    QPainterPath path;
    if (edge.curve.size() < 4) {
        path.moveTo(from);
        const double middle = (from.x() + to.x()) / 2;
        path.cubicTo(QPointF(middle, from.y()), QPointF(middle, to.y()), to);
        return path;
    }
    path.moveTo(edge.curve.front() + shift);
    for (std::size_t i = 1; i + 2 < edge.curve.size(); i += 3)
        path.cubicTo(edge.curve[i] + shift, edge.curve[i + 1] + shift, edge.curve[i + 2] + shift);
    return path;
}

/// Out to the right margin, through the gap below the row, in from the left margin.
QPainterPath acrossBands(QPointF from, QPointF to, double right, double gapY, double targetGapY)
{
    const double bend = kMargin * 0.6;
    QPainterPath path(from);
    path.lineTo(right, from.y());
    path.cubicTo(QPointF(right + bend, from.y()), QPointF(right + bend, gapY),
                 QPointF(right, gapY));
    if (std::abs(targetGapY - gapY) < 1) {
        path.lineTo(0, gapY);
    } else {
        path.lineTo(-bend / 2, gapY);
        path.lineTo(-bend / 2, targetGapY);
    }
    path.cubicTo(QPointF(-bend, targetGapY), QPointF(-bend, to.y()), QPointF(0, to.y()));
    path.lineTo(to);
    return path;
}

} // namespace

RowLayout layeredRow(const graph::Graph& graph)
{
    RowLayout layout;
    std::vector<int> level(graph.layers.size(), 0);
    // Layers come in topological order: one pass gives the longest path from the inputs.
    std::vector<std::vector<LayerId>> successors(graph.layers.size());
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const graph::DataflowTensor& flow = graph.tensors[t].flow;
        for (const LayerId consumer : flow.consumers)
            if (flow.producer) {
                successors[flow.producer->index()].push_back(consumer);
                layout.edges.push_back({TensorId(t), *flow.producer, consumer, {}});
            }
    }
    for (std::size_t layer = 0; layer < level.size(); ++layer)
        for (const LayerId next : successors[layer])
            level[next.index()] = std::max(level[next.index()], level[layer] + 1);
    std::map<int, int> filled;
    for (const int l : level) {
        const int slot = filled[l]++;
        // 0, +1, -1, +2, -2: the first of a level stays on the middle line
        const int offset = (slot + 1) / 2 * (slot % 2 == 0 ? -1 : 1);
        layout.centres.emplace_back(l * (kNodeWidth + 30), offset * (kNodeHeight + 16));
    }
    return layout;
}

GraphLayout layOut(const graph::Graph& graph, double aspect, const std::stop_token& stop)
{
    GraphLayout layout;
    if (graph.layers.empty())
        return layout;
    const RowLayout row =
        graph.layers.size() <= kGraphvizLimit ? graphvizRow(graph) : layeredRow(graph);
    if (stop.stop_requested())
        return layout;
    std::vector<Band> bands = bandsOf(row, std::clamp(aspect, 0.2, 5.0));
    place(bands, row);
    layout.bands = static_cast<int>(bands.size());

    double right = 0;
    for (const QPointF& centre : row.centres) {
        const QPointF moved = centre + bands[bandOf(bands, centre.x())].shift;
        layout.nodes.emplace_back(moved.x() - kNodeWidth / 2, moved.y() - kNodeHeight / 2,
                                  kNodeWidth, kNodeHeight);
        layout.bounds |= layout.nodes.back();
        right = std::max(right, layout.nodes.back().right());
    }
    for (const RowLayout::Edge& edge : row.edges) {
        const std::size_t a = bandOf(bands, row.centres[edge.from.index()].x());
        const std::size_t b = bandOf(bands, row.centres[edge.to.index()].x());
        const QRectF& source = layout.nodes[edge.from.index()];
        const QRectF& target = layout.nodes[edge.to.index()];
        const QPointF from(source.right(), source.center().y());
        const QPointF to(target.left(), target.center().y());
        const auto gapBelow = [&bands](std::size_t band) {
            return bands[band].bottom + bands[band].shift.y() + kBandGap / 2;
        };
        const QPainterPath path = a == b ? inBand(edge, from, to, bands[a].shift)
                                         : acrossBands(from, to, right + kMargin / 3, gapBelow(a),
                                                       gapBelow(std::max(b, std::size_t{1}) - 1));
        layout.edges.push_back({edge.tensor, edge.from, edge.to, path});
    }
    layout.bounds.adjust(-kMargin, -kMargin, kMargin, kMargin);
    return layout;
}

} // namespace millrace::ui
