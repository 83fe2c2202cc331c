// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/deploy/StepDelegate.h"

#include "ui/models/StepTableModel.h"

#include <QPainter>

#include <algorithm>

namespace millrace::ui
{

void StepDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const QVariant state = index.data(StepTableModel::StateRole);
    if (!state.isValid() || state.toInt() != static_cast<int>(deploy::StepState::Running))
        return;
    constexpr int kBar = 3;
    const double fraction = index.data(StepTableModel::FractionRole).toDouble();
    const QRect track = option.rect.adjusted(3, option.rect.height() - kBar - 2, -3, -2);
    QColor colour = option.palette.color(QPalette::Highlight);
    QRect done = track;
    done.setWidth(qRound(track.width() * std::clamp(fraction, 0.0, 1.0)));
    painter->fillRect(done, colour);
    colour.setAlpha(fraction < 0 ? 120 : 50); // unknown: all of it, faintly
    painter->fillRect(track, colour);
}

} // namespace millrace::ui
