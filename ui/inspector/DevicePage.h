// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/QuantityEdit.h"
#include "ui/models/Snapshot.h"

#include <QCheckBox>
#include <QLabel>

namespace millrace::ui
{

/// One device: its fields to edit, and what the plan runs on it.
class DevicePage : public QWidget
{
    Q_OBJECT
public:
    explicit DevicePage(QWidget* parent = nullptr);
    ~DevicePage() override;
    void show(const Snapshot& snapshot, DeviceId device);
    void showWorth(const QString& html); ///< what changes of it would bring

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);

private:
    [[nodiscard]] const cluster::Device& device() const;
    void request(const cluster::Device& next, const QString& mergeKey);
    void setText(QLineEdit* field, std::string cluster::Device::*member);
    [[nodiscard]] QString usage() const;

    Snapshot m_snapshot;
    DeviceId m_device;
    QLineEdit *m_name, *m_class;
    QuantityEdit *m_memory, *m_speed;
    QCheckBox *m_enabled, *m_stages;
    QLabel *m_usage, *m_worth;
};

} // namespace millrace::ui
