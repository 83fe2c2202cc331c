// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <cstdint>
#include <map>
#include <string>

class QSpinBox;

namespace millrace::ui
{

/// Asks for the values of a model's free dimensions.
class DimensionsDialog : public QDialog
{
    Q_OBJECT
public:
    DimensionsDialog(const QString& model, const QStringList& names, QWidget* parent);
    [[nodiscard]] std::map<std::string, std::int64_t> values() const;

private:
    std::map<std::string, QSpinBox*> m_fields;
};

} // namespace millrace::ui
