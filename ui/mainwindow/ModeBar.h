// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolBar>

class QActionGroup;

namespace millrace::ui
{

enum class Mode { Plan, Deploy, Watch };

/// The window's modes at its left, one of which is shown.
class ModeBar : public QToolBar
{
    Q_OBJECT
public:
    explicit ModeBar(QWidget* parent = nullptr);
    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode); ///< emits modeChanged() when it differs
    [[nodiscard]] QList<QAction*> modeActions() const;

signals:
    void modeChanged(millrace::ui::Mode mode);

private:
    void addMode(Mode mode, const char* name, const QString& text, const QString& tip,
                 const QKeySequence& keys);

    QActionGroup* m_group;
    Mode m_mode = Mode::Plan;
};

} // namespace millrace::ui
