// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/TableView.h"

#include "ui/models/StageTableModel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QSortFilterProxyModel>

namespace millrace::ui
{

TableView::TableView(const QString& name, QWidget* parent) : QTableView(parent)
{
    setObjectName(name);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                    QAbstractItemView::AnyKeyPressed);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* copy = new QAction(tr("Copy"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this,
            [this] { QApplication::clipboard()->setText(selectedText()); });
    addAction(copy);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void TableView::setSource(QAbstractItemModel* model)
{
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(model);
    proxy->setSortRole(kSortRole);
    setModel(proxy);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
    connect(model, &QAbstractItemModel::modelReset, this, &TableView::fitColumns);
    connect(model, &QAbstractItemModel::dataChanged, this, &TableView::fitColumns);
    fitColumns();
}

/// Every column as wide as its content; the last one takes what is left.
void TableView::fitColumns()
{
    resizeColumnsToContents();
    horizontalHeader()->setStretchLastSection(true);
}

int TableView::sourceRow(const QModelIndex& index) const
{
    return static_cast<const QSortFilterProxyModel*>(model())->mapToSource(index).row();
}

void TableView::selectSourceRow(int row)
{
    m_following = true;
    const auto* proxy = static_cast<const QSortFilterProxyModel*>(model());
    if (row < 0)
        clearSelection();
    else
        selectRow(proxy->mapFromSource(proxy->sourceModel()->index(row, 0)).row());
    m_following = false;
}

QString TableView::selectedText() const
{
    const QModelIndexList rows = selectionModel()->selectedRows();
    const int columns = model()->columnCount();
    QStringList lines;
    const auto line = [columns](const auto& cell) {
        QStringList cells;
        for (int column = 0; column < columns; ++column)
            cells << cell(column);
        return cells.join(QLatin1Char('\t'));
    };
    if (rows.size() > 1)
        lines << line([this](int column) {
            return model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        });
    for (const QModelIndex& row : rows)
        lines << line([row](int column) {
            const QModelIndex cell = row.siblingAtColumn(column);
            const QVariant checked = cell.data(Qt::CheckStateRole);
            if (checked.isValid())
                return checked.toInt() == Qt::Checked ? tr("yes") : tr("no");
            return cell.data(Qt::DisplayRole).toString();
        });
    return lines.join(QLatin1Char('\n'));
}

void TableView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    if (!m_following && current.isValid() && current.row() != previous.row())
        emit rowChosen(sourceRow(current));
}

} // namespace millrace::ui
