// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

class QAbstractItemModel;

namespace millrace::ui
{

/// A sortable table whose selection is copied as tab-separated text, with headers when several rows
/// are.
class TableView : public QTableView
{
    Q_OBJECT
public:
    explicit TableView(const QString& name, QWidget* parent = nullptr);
    /// Shows `model` (not owned) through a sorting proxy.
    void setSource(QAbstractItemModel* model);
    [[nodiscard]] int sourceRow(const QModelIndex& index) const;
    /// Selects the model's row, or nothing below 0.
    void selectSourceRow(int row);
    [[nodiscard]] QString selectedText() const;

signals:
    void rowChosen(int sourceRow); ///< the operator moved to it

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void fitColumns();

    bool m_following = false; ///< a selection from outside is being shown: no echo
};

} // namespace millrace::ui
