// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/ProblemsView.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QStyle>
#include <QTime>

namespace millrace::ui
{
namespace
{

constexpr int kMaxLogLines = 1000;

/// Wrapped lines that Ctrl+C copies.
void makeCopyable(QListWidget& list)
{
    list.setWordWrap(true);
    list.setSelectionMode(QAbstractItemView::ExtendedSelection);
    list.setFrameShape(QFrame::NoFrame);
    auto* copy = new QAction(QListWidget::tr("Copy"), &list);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, &list, [&list] {
        QStringList lines;
        for (const QListWidgetItem* item : list.selectedItems())
            lines << item->text();
        QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    list.addAction(copy);
    list.setContextMenuPolicy(Qt::ActionsContextMenu);
}

} // namespace

ProblemsView::ProblemsView(QWidget* parent) : QListWidget(parent)
{
    setObjectName(QStringLiteral("problemsView"));
    setAccessibleName(tr("Problems"));
    makeCopyable(*this);
    setSnapshot({});
}

void ProblemsView::setSnapshot(const Snapshot& snapshot)
{
    if (snapshot.planning)
        return; // the problems of the plan that is shown stay until the next one is there
    clear();
    const auto add = [this](QStyle::StandardPixmap icon, const std::string& sentence) {
        addItem(new QListWidgetItem(style()->standardIcon(icon), QString::fromStdString(sentence)));
    };
    int problems = 0;
    if (snapshot.plan) {
        for (const std::string& why : snapshot.plan->whyInfeasible) {
            add(QStyle::SP_MessageBoxWarning, why);
            ++problems;
        }
        for (const std::string& note : snapshot.plan->notes)
            add(QStyle::SP_MessageBoxInformation, note);
    }
    if (count() == 0)
        addItem(tr("No problems."));
    if (problems != m_problems) {
        m_problems = problems;
        emit problemCountChanged(problems);
    }
}

LogView::LogView(QWidget* parent) : QListWidget(parent)
{
    setObjectName(QStringLiteral("logView"));
    setAccessibleName(tr("Log"));
    makeCopyable(*this);
}

void LogView::append(const QString& message)
{
    addItem(QString(QTime::currentTime().toString(Qt::ISODate) + u"  " + message));
    if (count() > kMaxLogLines)
        delete takeItem(0);
    scrollToBottom();
}

} // namespace millrace::ui
