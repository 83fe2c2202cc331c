// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/graphview/GraphScene.h"

#include <QWidget>

namespace millrace::ui
{

/// What the colours mean: a strip of entries that wraps to as many lines as it needs.
class Legend : public QWidget
{
    Q_OBJECT
public:
    explicit Legend(QWidget* parent = nullptr);
    void setEntries(std::vector<LegendEntry> entries);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] std::vector<QRect> places(int width) const; ///< one rectangle per entry
    void paintSwatch(QPainter& painter, const QRect& place, const LegendEntry& entry) const;

    std::vector<LegendEntry> m_entries;
};

} // namespace millrace::ui
