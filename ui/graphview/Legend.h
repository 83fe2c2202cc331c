// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/graphview/GraphScene.h"

#include <QWidget>

namespace millrace::ui
{

/// What the colours mean, in a corner above the picture. Clicks go through to what lies below.
class Legend : public QWidget
{
    Q_OBJECT
public:
    explicit Legend(QWidget* parent);
    void setEntries(std::vector<LegendEntry> entries);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int rowHeight() const;
    std::vector<LegendEntry> m_entries;
};

} // namespace millrace::ui
