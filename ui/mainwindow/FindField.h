// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QLineEdit>

namespace millrace::ui
{

class GraphView;

/// Finds layers as one types; Enter and Shift+Enter go on and back, Escape clears. The view is not
/// owned.
class FindField : public QWidget
{
    Q_OBJECT
public:
    explicit FindField(GraphView& view, QWidget* parent = nullptr);
    void start(); ///< focus, everything selected

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    GraphView& m_view;
    QLineEdit* m_field;
    QLabel* m_count;
};

} // namespace millrace::ui
