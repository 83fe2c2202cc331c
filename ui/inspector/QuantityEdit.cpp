// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/QuantityEdit.h"

#include "base/Units.h"
#include "ui/models/Figures.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>

#include <charconv>
#include <cmath>

namespace millrace::ui
{
namespace
{

constexpr int kSteps = 1000;
constexpr double kMiB = 1 << 20;

double twoDigits(double value)
{
    const double scale = std::pow(10, std::floor(std::log10(value)) - 1);
    return std::round(value / scale) * scale;
}

} // namespace

QuantityEdit::QuantityEdit(const QString& name, const QString& accessibleName, Quantity quantity,
                           QWidget* parent)
    : QWidget(parent), m_quantity(std::move(quantity)), m_slider(new QSlider(Qt::Horizontal)),
      m_field(new QLineEdit)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_slider, 3);
    layout->addWidget(m_field, 2);
    m_slider->setObjectName(name + QStringLiteral("Slider"));
    m_slider->setAccessibleName(accessibleName);
    m_slider->setRange(0, kSteps);
    m_slider->setMinimumWidth(60);
    m_field->setObjectName(name + QStringLiteral("Field"));
    m_field->setAccessibleName(accessibleName);
    m_field->setMinimumWidth(86);
    m_field->installEventFilter(this);
    setFocusProxy(m_field);
    connect(m_slider, &QSlider::valueChanged, this, &QuantityEdit::slide);
    connect(m_field, &QLineEdit::editingFinished, this, &QuantityEdit::accept);
}

/// A field that loses its focus by going away finishes no edit.
QuantityEdit::~QuantityEdit()
{
    for (QObject* child : findChildren<QObject*>())
        child->disconnect(this);
}

void QuantityEdit::setValue(double value)
{
    if (value == m_value && !m_field->text().isEmpty())
        return; // what is being typed or dragged stays as it is
    m_value = value;
    show();
}

void QuantityEdit::reset(double value)
{
    m_value = value;
    show();
}

void QuantityEdit::show()
{
    const QSignalBlocker quiet(m_slider);
    if (!m_slider->isSliderDown()) {
        const double share = std::log(std::max(m_value, m_quantity.least) / m_quantity.least) /
                             std::log(m_quantity.most / m_quantity.least);
        m_slider->setValue(static_cast<int>(std::lround(std::min(1.0, share) * kSteps)));
    }
    m_field->setText(QString::fromStdString(m_quantity.format(m_value)));
    m_field->setCursorPosition(0);
    m_field->setStyleSheet({});
    m_field->setToolTip({});
}

void QuantityEdit::slide(int position)
{
    m_value = m_quantity.round(
        m_quantity.least * std::pow(m_quantity.most / m_quantity.least, double(position) / kSteps));
    show();
    emit dragged(m_value);
}

void QuantityEdit::accept()
{
    if (m_field->text().toStdString() == m_quantity.format(m_value))
        return;
    const auto value = m_quantity.parse(m_field->text().toStdString());
    if (!value) {
        const QString why = reasonOf(value.error());
        m_field->setStyleSheet(QStringLiteral("border: 1px solid #c62828;"));
        m_field->setToolTip(plainTip(why));
        emit refused(tr("Cannot use \"%1\". %2.").arg(m_field->text(), why));
        return;
    }
    m_value = *value;
    show();
    emit typed(m_value);
}

bool QuantityEdit::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        show();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

Quantity memoryQuantity()
{
    return {kMiB, 64 * 1024 * kMiB,
            [](const std::string& text) {
                return parseBytes(text).map(
                    [](Bytes bytes) { return static_cast<double>(bytes.value); });
            },
            [](double value) { return exactBytes(Bytes{static_cast<std::int64_t>(value)}); },
            [](double value) {
                const double mib = value / kMiB;
                const double step = mib < 64 ? 1 : mib < 1024 ? 8 : 128;
                return std::max(1.0, std::round(mib / step) * step) * kMiB;
            }};
}

Quantity bandwidthQuantity()
{
    return {1e5, 1e10,
            [](const std::string& text) {
                return parseBandwidth(text).map([](BitsPerSecond b) { return b.value; });
            },
            [](double value) { return exactBandwidth(BitsPerSecond{value}); }, twoDigits};
}

Quantity speedQuantity()
{
    return {0.05, 64,
            [](const std::string& text) -> Result<double> {
                double value = 0;
                const auto [end, error] =
                    std::from_chars(text.data(), text.data() + text.size(), value);
                if (error != std::errc() || end != text.data() + text.size() || value <= 0)
                    return fail(ErrorCode::ParseError,
                                "type how many times this computer's speed, for example 0.5");
                return value;
            },
            [](double value) { return fmt::format("{:.6g}", value); }, twoDigits};
}

} // namespace millrace::ui
