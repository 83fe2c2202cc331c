// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>

namespace millrace::ui
{

/// A sentence across the top of the window that stays until it is dismissed or replaced; it never
/// takes the operator's work away.
class MessageBar : public QFrame
{
    Q_OBJECT
public:
    enum class Kind { Problem, News };
    explicit MessageBar(QWidget* parent = nullptr);
    void show(Kind kind, const QString& message);
    void clear();
    [[nodiscard]] QString text() const { return m_text->text(); }

private:
    QLabel* m_icon;
    QLabel* m_text;
};

} // namespace millrace::ui
