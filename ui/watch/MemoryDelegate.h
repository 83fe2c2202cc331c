// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/HealthTableModel.h"

#include <QStyledItemDelegate>

namespace millrace::ui
{

/// Paints a device's memory as a bar up to its limit: filled as far as it is used now, a thin line
/// at the peak, a notch where the plan expects it. For a HealthTableModel without a proxy.
class MemoryDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
};

} // namespace millrace::ui
