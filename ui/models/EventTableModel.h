// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/WatchEvent.h"

#include <QAbstractTableModel>

#include <deque>

namespace millrace::ui
{

/// What happened to a release, newest first; the last thousand. Read-only.
class EventTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Time, Mark, Text };
    static constexpr int kColumns = Text + 1;
    static constexpr std::size_t kMost = 1000;

    using QAbstractTableModel::QAbstractTableModel;
    void clear();
    void add(const WatchEvent& event);
    [[nodiscard]] const WatchEvent& eventAt(int row) const;
    /// Of the event with this number; -1: it is gone.
    [[nodiscard]] int rowOf(std::uint64_t number) const;
    [[nodiscard]] const std::deque<WatchEvent>& events() const { return m_events; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::deque<WatchEvent> m_events; ///< newest first
    std::uint64_t m_added = 0;
};

} // namespace millrace::ui
