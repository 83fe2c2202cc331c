// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/StatusLine.h"

#include "ui/models/Figures.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{

QString statusSentence(const Snapshot& snapshot)
{
    if (!snapshot.graph)
        return StatusLine::tr("No model is open.");
    if (!snapshot.plan || !snapshot.problem)
        return snapshot.planning ? StatusLine::tr("Searching a plan\u2026") : QString();
    const plan::Plan& plan = *snapshot.plan;
    if (!plan.hasStages()) {
        const QString why = plan.whyInfeasible.empty()
                                ? QString()
                                : QString::fromStdString(plan.whyInfeasible.front());
        return why.isEmpty() ? statusText(plan.status)
                             : StatusLine::tr("%1: %2").arg(statusText(plan.status), why);
    }
    std::vector<std::string> names;
    for (const plan::Device& device : snapshot.problem->devices)
        names.push_back(device.name);
    const auto usable =
        std::count_if(snapshot.cluster->devices.begin(), snapshot.cluster->devices.end(),
                      [](const cluster::Device& d) { return d.enabled && d.stages; });
    const QStringList parts{
        statusText(plan.status),
        StatusLine::tr("bottleneck %1 (%2)")
            .arg(figure(plan.bottleneckTime), bottleneckText(plan.pipelines.front(), names)),
        perSecond(plan.throughput()),
        StatusLine::tr("gap %1").arg(percent(plan.gap())),
        StatusLine::tr("solved in %1").arg(figure(plan.solver.elapsed)),
        StatusLine::tr("%1 of %n device(s) used", nullptr, static_cast<int>(usable))
            .arg(plan.stageCount()),
        plan.record.times == plan::TimesSource::Measured ? StatusLine::tr("measured times")
                                                         : StatusLine::tr("estimated times")};
    return parts.join(QStringLiteral(" \u00b7 "));
}

StatusLine::StatusLine(QWidget* parent)
    : QWidget(parent), m_figures(new QLabel), m_job(new QLabel), m_progress(new QProgressBar),
      m_cancel(new QPushButton(tr("Cancel")))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 0, 6, 0);
    layout->addWidget(m_figures, 1);
    layout->addWidget(m_job);
    layout->addWidget(m_progress);
    layout->addWidget(m_cancel);
    m_figures->setObjectName(QStringLiteral("statusFigures"));
    m_figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_figures->setTextFormat(Qt::PlainText);
    m_figures->setMinimumWidth(100); // a long sentence never widens the window
    m_figures->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_progress->setObjectName(QStringLiteral("jobProgress"));
    m_progress->setFixedWidth(140);
    m_progress->setTextVisible(false);
    m_cancel->setObjectName(QStringLiteral("jobCancel"));
    m_cancel->setAccessibleName(tr("Cancel the running job"));
    for (QWidget* widget : {static_cast<QWidget*>(m_job), static_cast<QWidget*>(m_progress),
                            static_cast<QWidget*>(m_cancel)})
        widget->hide();
}

void StatusLine::setSnapshot(const Snapshot& snapshot)
{
    QString sentence = statusSentence(snapshot);
    if (snapshot.planning && snapshot.plan)
        sentence = tr("Planning anew\u2026 (before: %1)").arg(sentence);
    m_figures->setText(sentence);
    m_figures->setToolTip(plainTip(sentence));
}

void StatusLine::setSearching(double incumbent, double bound)
{
    const Seconds best{incumbent}, least{bound};
    m_figures->setText(std::isfinite(incumbent)
                           ? tr("Searching\u2026 best so far %1, at least %2, gap %3")
                                 .arg(figure(best), figure(least),
                                      percent(incumbent > 0 ? (incumbent - bound) / incumbent : 0))
                           : tr("Searching\u2026 at least %1").arg(figure(least)));
}

void StatusLine::follow(JobRunner& job)
{
    connect(&job, &JobRunner::started, this, [this, &job] {
        std::erase(m_jobs, &job);
        m_jobs.push_back(&job);
        m_job->clear();
        m_progress->setRange(0, 0);
        showJob();
    });
    connect(&job, &JobRunner::stopped, this, [this, &job] {
        std::erase(m_jobs, &job);
        m_job->clear();
        m_progress->setRange(0, 0);
        showJob();
    });
    connect(&job, &JobRunner::progressChanged, this,
            [this, &job](const QString& what, double fraction) {
                if (m_jobs.empty() || m_jobs.back() != &job)
                    return;
                m_job->setText(what);
                m_progress->setRange(0, fraction < 0 ? 0 : 1000);
                m_progress->setValue(static_cast<int>(fraction * 1000));
            });
    connect(m_cancel, &QPushButton::clicked, &job, [this, &job] {
        if (m_jobs.empty() || m_jobs.back() != &job)
            return;
        m_cancel->setEnabled(false);
        job.cancel();
    });
}

void StatusLine::showJob()
{
    for (QWidget* widget : {static_cast<QWidget*>(m_job), static_cast<QWidget*>(m_progress),
                            static_cast<QWidget*>(m_cancel)})
        widget->setVisible(!m_jobs.empty());
    m_cancel->setEnabled(true);
}

} // namespace millrace::ui
