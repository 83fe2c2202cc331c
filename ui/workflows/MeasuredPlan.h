// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Document.h"

#include <QObject>

#include <memory>

namespace millrace::ui
{

/// Waits for the open plan with measured times: measures where the times are estimated, then waits
/// for the plan that is searched with them. It waits for that one plan only: an edit, another model
/// or any other load job meanwhile ends the waiting. GUI thread only; the document is not owned.
class MeasuredPlan : public QObject
{
    Q_OBJECT
public:
    enum class Phase { None, Measuring, Planning };
    enum class Why {
        Cancelled,  ///< by cancel()
        Superseded, ///< something else was asked of the document
        Failed      ///< the document says why
    };

    explicit MeasuredPlan(Document& document, QObject* parent = nullptr);

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] bool isWaiting() const { return m_phase != Phase::None; }
    /// The open plan is one already, so there is nothing to wait for.
    [[nodiscard]] bool isThere() const;
    /// Begins to wait. Precondition: a model is open, not isThere(), not isWaiting().
    void await();
    /// Nothing where nothing is waited for. A plan that is searched is searched on.
    void cancel();

signals:
    void phaseChanged(millrace::ui::MeasuredPlan::Phase before);
    void measuring(double fraction); ///< below 0: unknown
    void ready();                    ///< the document's snapshot has the plan
    /// Instead of ready(); `during` says in which phase.
    void abandoned(millrace::ui::MeasuredPlan::Why why, millrace::ui::MeasuredPlan::Phase during);

private:
    void enter(Phase phase);
    void end(Why why);
    void abandon(Why why);
    void measuringStopped();
    void snapshotChanged(const Snapshot& snapshot);

    Document& m_document;
    Phase m_phase = Phase::None;
    bool m_isStarting = false; ///< the load job that starts is the one of this wait
    std::shared_ptr<const plan::Plan> m_before;
};

} // namespace millrace::ui
