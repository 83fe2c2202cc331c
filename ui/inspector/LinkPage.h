// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/QuantityEdit.h"
#include "ui/models/Selection.h"
#include "ui/models/Snapshot.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>

namespace millrace::ui
{

/// One directed link: its fields to edit, and what the plan sends over it.
class LinkPage : public QWidget
{
    Q_OBJECT
public:
    explicit LinkPage(QWidget* parent = nullptr);
    ~LinkPage() override;
    void show(const Snapshot& snapshot, const LinkEnds& ends);
    void showWorth(const QString& html); ///< what changes of it would bring

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);
    void oppositeRequested();

private:
    [[nodiscard]] cluster::Link link() const;
    [[nodiscard]] QString name() const;
    void setDuration(QLineEdit* field, Seconds cluster::Link::*member);
    void request(const cluster::Link& next, const QString& mergeKey);
    [[nodiscard]] QString usage() const;

    Snapshot m_snapshot;
    LinkEnds m_ends;
    QLabel* m_title;
    QuantityEdit* m_bandwidth;
    QLineEdit *m_delay, *m_occupancy;
    QCheckBox* m_both;
    QPushButton* m_opposite;
    QLabel *m_usage, *m_worth;
};

} // namespace millrace::ui
