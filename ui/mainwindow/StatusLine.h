// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/JobRunner.h"
#include "ui/models/Snapshot.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace millrace::ui
{

/// The line at the bottom: the plan's figures, the search closing in, and the job that runs with
/// its cancel button.
class StatusLine : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(QWidget* parent = nullptr);
    void setSnapshot(const Snapshot& snapshot);
    /// Seconds; an infinite incumbent: none yet.
    void setSearching(double incumbent, double bound);
    /// Shows its progress; not owned. Of several that run the latest is shown, and cancelled.
    void follow(JobRunner& job);
    [[nodiscard]] QString text() const { return m_figures->text(); }

private:
    void showJob();

    std::vector<JobRunner*> m_jobs; ///< those that run, the latest last
    QLabel* m_figures;
    QLabel* m_job;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
};

/// "proven optimal · 0.525 s · 1.90 inferences/s · gap 0 % · solved in 12 ms · 5 of 6 devices used"
[[nodiscard]] QString statusSentence(const Snapshot& snapshot);

} // namespace millrace::ui
