// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/whatif/Finding.h"
#include "ui/jobs/JobRunner.h"
#include "ui/models/Snapshot.h"

#include <QTimer>

namespace millrace::ui
{

/// Works out in the background what changes of the cluster would bring to the plan. What was found
/// is kept as long as the plan stands; another plan, or a search for one, ends it at once. GUI
/// thread only.
class WorthSearch : public QObject
{
    Q_OBJECT
public:
    explicit WorthSearch(QObject* parent = nullptr);
    ~WorthSearch() override;
    /// The changes to know of from now on, of the snapshot's problem; the ones before are dropped.
    void ask(const Snapshot& snapshot, const std::vector<plan::Change>& changes);
    /// Of the changes asked for, in their order: what is known by now.
    [[nodiscard]] std::vector<plan::Finding> findings() const;
    [[nodiscard]] bool isRunning() const { return !m_wanted.empty(); }

signals:
    void changed();

private:
    void start();
    void take(const plan::Finding& finding);
    [[nodiscard]] const plan::Finding* known(const plan::Change& change) const;

    std::shared_ptr<const plan::Problem> m_problem;
    std::shared_ptr<const plan::Plan> m_plan;
    std::shared_ptr<const plan::SolveMemory> m_memory;
    std::vector<plan::Change> m_asked;
    std::vector<plan::Change> m_wanted; ///< asked for and being worked out
    std::vector<plan::Finding> m_found; ///< of this plan, whatever was asked for
    int m_question = 0; ///< counts what was asked, so that a late answer ends nothing
    QTimer m_pause;
    JobRunner m_job;
};

} // namespace millrace::ui
