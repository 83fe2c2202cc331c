// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/TimeChart.h"
#include "ui/models/WatchEvent.h"
#include "ui/models/WatchFigures.h"

#include <QSplitter>

#include <deque>

class QComboBox;

namespace millrace::ui
{

/// Throughput and the stages' times over the last minutes or hours, one above the other.
class WatchCharts : public QSplitter
{
    Q_OBJECT
public:
    explicit WatchCharts(QWidget* parent = nullptr);

    void setRelease(const deploy::Release& release);
    /// `events` newest first. `end`: the right end in Unix seconds; `rightEnd`: how it is called.
    void show(const WatchHistory& history, const std::deque<WatchEvent>& events, double range,
              double end, const QString& rightEnd);
    /// Points at a moment (Unix seconds), or at none.
    void pointAt(std::optional<double> at);

signals:
    void zoomed(int steps);
    void eventChosen(std::uint64_t number);
    void changed(); ///< another choice of what is shown

private:
    /// What the lower chart shows of each stage.
    enum class Shown { Compute, Waiting, Transfer };
    void showThroughput(const std::vector<WatchRates>& series, double end);
    void showStages(const std::vector<WatchRates>& series, double end);
    void showMarks(const std::deque<WatchEvent>& events, double range, double end);

    TimeChart *m_throughput, *m_stages;
    QComboBox* m_shown;
    std::vector<QString> m_names; ///< of the stages' devices
    std::vector<DeviceId> m_devices;
    std::vector<QString> m_hops;
    double m_predicted = 0, m_end = 0, m_range = 0;
    std::vector<std::uint64_t> m_marked; ///< the event of each mark
    std::optional<double> m_pointed;
};

} // namespace millrace::ui
