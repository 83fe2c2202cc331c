// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QListWidget>

namespace millrace::ui
{

/// What is wrong with the plan as it stands: why it is infeasible, and the planner's notes. The
/// same sentences can be copied.
class ProblemsView : public QListWidget
{
    Q_OBJECT
public:
    explicit ProblemsView(QWidget* parent = nullptr);
    void setSnapshot(const Snapshot& snapshot);
    [[nodiscard]] int problemCount() const { return m_problems; }

signals:
    void problemCountChanged(int count);

private:
    int m_problems = 0;
};

/// What happened since the window opened, newest last.
class LogView : public QListWidget
{
    Q_OBJECT
public:
    explicit LogView(QWidget* parent = nullptr);
    void append(const QString& message);
};

} // namespace millrace::ui
