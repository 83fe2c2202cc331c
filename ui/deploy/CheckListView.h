// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/DeployChecks.h"

#include <QScrollArea>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace millrace::ui
{

/// What must be in order before a deployment: for each check a mark, a sentence, and a button where
/// something can be done.
class CheckListView : public QScrollArea
{
    Q_OBJECT
public:
    explicit CheckListView(QWidget* parent = nullptr);
    void setChecks(const std::vector<DeployCheck>& checks);

signals:
    void remedyRequested(const millrace::ui::DeployCheck& check);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Row {
        QWidget* widget;
        QLabel *mark, *text;
        QToolButton* button;
    };
    Row makeRow(int number);
    void show(const Row& row, const DeployCheck& check);

    std::vector<DeployCheck> m_checks;
    std::vector<Row> m_rows; ///< at least as many as checks; the rest is hidden
    QVBoxLayout* m_layout;
};

} // namespace millrace::ui
