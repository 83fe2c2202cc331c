// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/WatchFigures.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace millrace::ui
{

/// The figures one looks at first, large: throughput now and predicted, latency, requests.
class FigureTiles : public QFrame
{
    Q_OBJECT
public:
    explicit FigureTiles(QWidget* parent = nullptr);
    void setFigures(const WatchFigures& figures);
    void clear();

private:
    struct Tile {
        QLabel *value, *note;
    };
    Tile add(QHBoxLayout& row, const char* name, const QString& title);
    static void set(const Tile& tile, const QString& value, const QString& note);

    Tile m_throughput, m_predicted, m_ratio, m_p50, m_p95, m_p99, m_inFlight, m_answered, m_lost;
};

} // namespace millrace::ui
