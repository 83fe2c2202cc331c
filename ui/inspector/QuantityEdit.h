// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QLineEdit>
#include <QSlider>

#include <functional>

namespace millrace::ui
{

/// What a QuantityEdit edits: a positive figure on a logarithmic scale, with its units as text.
struct Quantity {
    double least = 1, most = 2; ///< ends of the slider; typed text may go beyond
    std::function<Result<double>(const std::string&)> parse;
    std::function<std::string(double)> format; ///< parses back to the same value
    std::function<double(double)> round;       ///< to a figure people use, while the slider moves
};

/// A slider and a line edit of one quantity. What does not parse stays in the field, marked; Escape
/// brings the value back.
class QuantityEdit : public QWidget
{
    Q_OBJECT
public:
    QuantityEdit(const QString& name, const QString& accessibleName, Quantity quantity,
                 QWidget* parent = nullptr);
    ~QuantityEdit() override;
    /// Shows a value without a signal.
    void setValue(double value);
    /// Also drops what is being typed or does not parse: the field now means another thing.
    void reset(double value);
    [[nodiscard]] double value() const { return m_value; }

signals:
    void typed(double value);
    void dragged(double value); ///< the slider moves; many in a row
    void refused(const QString& message);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void accept();
    void slide(int position);
    void show();

    Quantity m_quantity;
    QSlider* m_slider;
    QLineEdit* m_field;
    double m_value = 0;
};

/// Sizes in MiB steps, link speeds in two significant digits.
[[nodiscard]] Quantity memoryQuantity();
[[nodiscard]] Quantity bandwidthQuantity();
[[nodiscard]] Quantity speedQuantity();

} // namespace millrace::ui
