// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workflows/MeasuredPlan.h"

#include <utility>

namespace millrace::ui
{

MeasuredPlan::MeasuredPlan(Document& document, QObject* parent)
    : QObject(parent), m_document(document)
{
    JobRunner& measurer = m_document.measureJob();
    connect(&measurer, &JobRunner::started, this, [this] {
        if (!m_isStarting)
            abandon(Why::Superseded);
    });
    connect(&m_document.loadJob(), &JobRunner::started, this, [this] { end(Why::Superseded); });
    // The document takes the times after the job said that it stopped.
    connect(&measurer, &JobRunner::stopped, this, &MeasuredPlan::measuringStopped,
            Qt::QueuedConnection);
    connect(&measurer, &JobRunner::progressChanged, this, [this](const QString&, double fraction) {
        if (m_phase == Phase::Measuring)
            emit measuring(fraction);
    });
    connect(&m_document, &Document::stateChanged, this, [this] { end(Why::Superseded); });
    connect(&m_document, &Document::snapshotChanged, this, &MeasuredPlan::snapshotChanged);
}

bool MeasuredPlan::isThere() const
{
    const Snapshot& snapshot = m_document.snapshot();
    return !snapshot.planning && snapshot.times &&
           snapshot.times->source == plan::TimesSource::Measured && snapshot.plan &&
           snapshot.plan->record.times == plan::TimesSource::Measured && snapshot.plan->hasStages();
}

void MeasuredPlan::await()
{
    const Snapshot& snapshot = m_document.snapshot();
    m_before = snapshot.plan;
    if (snapshot.times->source != plan::TimesSource::Measured) {
        enter(Phase::Measuring);
        m_isStarting = true;
        m_document.measure();
        m_isStarting = false;
        return;
    }
    enter(Phase::Planning);
    if (!snapshot.planning)
        abandon(Why::Failed);
}

void MeasuredPlan::cancel()
{
    end(Why::Cancelled);
}

void MeasuredPlan::enter(Phase phase)
{
    emit phaseChanged(std::exchange(m_phase, phase));
}

/// With the measuring, which is for this wait only.
void MeasuredPlan::end(Why why)
{
    if (m_phase == Phase::Measuring)
        m_document.measureJob().cancel();
    abandon(why);
}

void MeasuredPlan::abandon(Why why)
{
    if (!isWaiting())
        return;
    const Phase during = m_phase;
    m_before.reset();
    enter(Phase::None);
    emit abandoned(why, during);
}

void MeasuredPlan::measuringStopped()
{
    if (m_phase == Phase::Measuring && !m_document.measureJob().isRunning())
        abandon(Why::Failed);
}

void MeasuredPlan::snapshotChanged(const Snapshot& snapshot)
{
    const bool isMeasured = snapshot.times && snapshot.times->source == plan::TimesSource::Measured;
    if (m_phase == Phase::Measuring && snapshot.planning && isMeasured)
        return enter(Phase::Planning);
    if (m_phase != Phase::Planning || snapshot.planning)
        return;
    if (!isThere() || snapshot.plan == m_before) // the one before stands where planning fails
        return abandon(Why::Failed);
    m_before.reset();
    enter(Phase::None);
    emit ready();
}

} // namespace millrace::ui
