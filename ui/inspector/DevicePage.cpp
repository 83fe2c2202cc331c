// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/DevicePage.h"

#include "ui/models/Figures.h"

#include <QFormLayout>

#include <algorithm>

namespace millrace::ui
{

DevicePage::DevicePage(QWidget* parent)
    : QWidget(parent), m_name(new QLineEdit), m_class(new QLineEdit),
      m_memory(new QuantityEdit(QStringLiteral("memory"), tr("Memory"), memoryQuantity())),
      m_speed(new QuantityEdit(QStringLiteral("speed"), tr("Speed"), speedQuantity())),
      m_enabled(new QCheckBox(tr("In use"))), m_stages(new QCheckBox(tr("Hosts stages"))),
      m_usage(new QLabel), m_worth(new QLabel)
{
    auto* form = new QFormLayout(this);
    form->setContentsMargins(8, 8, 8, 8);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Class"), m_class);
    form->addRow(tr("Memory"), m_memory);
    form->addRow(tr("Speed"), m_speed);
    form->addRow(QString(), m_enabled);
    form->addRow(QString(), m_stages);
    form->addRow(m_usage);
    form->addRow(m_worth);
    m_name->setObjectName(QStringLiteral("deviceName"));
    m_name->setAccessibleName(tr("Name"));
    m_class->setObjectName(QStringLiteral("deviceClass"));
    m_class->setAccessibleName(tr("Class"));
    m_class->setToolTip(tr("Devices of one class share measured layer times"));
    m_speed->setToolTip(tr("Times this computer's speed; used while the class is not measured"));
    m_enabled->setObjectName(QStringLiteral("deviceEnabled"));
    m_enabled->setToolTip(tr("Off: what if this device died?"));
    m_stages->setObjectName(QStringLiteral("deviceStages"));
    m_stages->setToolTip(tr("Off: hosts the gateway at most"));
    m_usage->setWordWrap(true);
    m_usage->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_worth->setObjectName(QStringLiteral("deviceWorth"));
    m_worth->setAccessibleName(tr("What it would bring"));
    m_worth->setTextFormat(Qt::RichText);
    m_worth->setContentsMargins(0, 8, 0, 0);
    m_worth->setWordWrap(true);
    m_worth->setTextInteractionFlags(Qt::TextSelectableByMouse);

    connect(m_name, &QLineEdit::editingFinished, this,
            [this] { setText(m_name, &cluster::Device::name); });
    connect(m_class, &QLineEdit::editingFinished, this,
            [this] { setText(m_class, &cluster::Device::className); });
    const auto memory = [this](double bytes, const QString& key) {
        cluster::Device next = device();
        next.memory = Bytes{static_cast<std::int64_t>(bytes)};
        request(next, key);
    };
    const auto speed = [this](double factor, const QString& key) {
        cluster::Device next = device();
        next.speed = factor;
        request(next, key);
    };
    const auto key = [this](const char* what) {
        return QString(QLatin1String(what) + u'/' + QString::fromStdString(device().name));
    };
    connect(m_memory, &QuantityEdit::typed, this, [memory](double v) { memory(v, {}); });
    connect(m_memory, &QuantityEdit::dragged, this,
            [memory, key](double v) { memory(v, key("memory")); });
    connect(m_speed, &QuantityEdit::typed, this, [speed](double v) { speed(v, {}); });
    connect(m_speed, &QuantityEdit::dragged, this,
            [speed, key](double v) { speed(v, key("speed")); });
    connect(m_memory, &QuantityEdit::refused, this, &DevicePage::editRefused);
    connect(m_speed, &QuantityEdit::refused, this, &DevicePage::editRefused);
    connect(m_enabled, &QCheckBox::clicked, this, [this](bool on) {
        cluster::Device next = device();
        next.enabled = on;
        request(next, {});
    });
    connect(m_stages, &QCheckBox::clicked, this, [this](bool on) {
        cluster::Device next = device();
        next.stages = on;
        request(next, {});
    });
}

/// A field that loses its focus by going away finishes no edit.
DevicePage::~DevicePage()
{
    for (QObject* child : findChildren<QObject*>())
        child->disconnect(this);
}

const cluster::Device& DevicePage::device() const
{
    return m_snapshot.cluster->devices[m_device.index()];
}

void DevicePage::setText(QLineEdit* field, std::string cluster::Device::*member)
{
    cluster::Device next = device();
    next.*member = field->text().trimmed().toStdString();
    if (next != device())
        request(next, {});
}

void DevicePage::request(const cluster::Device& next, const QString& mergeKey)
{
    const QString name = QString::fromStdString(device().name);
    const auto cluster = cluster::withDevice(*m_snapshot.cluster, m_device, next);
    if (cluster)
        return emit editRequested(*cluster, tr("change %1").arg(name), mergeKey);
    const QString why = reasonOf(cluster.error());
    show(m_snapshot, m_device); // what was typed is not what holds
    emit editRefused(tr("Cannot change %1. %2.").arg(name, why));
}

QString DevicePage::usage() const
{
    if (!m_snapshot.plan || !m_snapshot.problem || !m_snapshot.plan->hasStages())
        return {};
    const auto stages = m_snapshot.plan->stages();
    const auto found =
        std::find_if(stages.begin(), stages.end(), [this](const plan::PlacedStage& placed) {
            return placed.stage.device == m_device;
        });
    if (found == stages.end())
        return tr("The plan runs nothing here.");
    const auto layerName = [this](LayerId layer) {
        return QString::fromStdString(m_snapshot.problem->layers[layer.index()].name)
            .toHtmlEscaped();
    };
    return tr("<p><b>Stage %1 of %2</b></p><p>%n layer(s), from %3 to %4</p>", nullptr,
              static_cast<int>(found->stage.layers.size()))
               .arg(found - stages.begin() + 1)
               .arg(stages.size())
               .arg(layerName(found->stage.layers.front()), layerName(found->stage.layers.back())) +
           tr("<p>Compute: <b>%1</b>, %2 of the bottleneck</p><p>Memory: <b>%3</b> of %4</p>")
               .arg(figure(found->stage.compute),
                    percent(found->stage.compute.value /
                            std::max(1e-300, m_snapshot.plan->bottleneckTime.value)),
                    figure(found->stage.memory), figure(device().memory));
}

void DevicePage::show(const Snapshot& snapshot, DeviceId device)
{
    const bool other = device != m_device || !m_snapshot.cluster;
    m_snapshot = snapshot;
    m_device = device;
    const auto setField = [other](QLineEdit* field, const std::string& text) {
        if (other || !field->hasFocus() || !field->isModified())
            field->setText(QString::fromStdString(text));
    };
    setField(m_name, this->device().name);
    setField(m_class, this->device().className);
    const auto setQuantity = [other](QuantityEdit* edit, double value) {
        return other ? edit->reset(value) : edit->setValue(value);
    };
    setQuantity(m_memory, static_cast<double>(this->device().memory.value));
    setQuantity(m_speed, this->device().speed);
    m_enabled->setChecked(this->device().enabled);
    m_stages->setChecked(this->device().stages);
    m_usage->setText(usage());
}

void DevicePage::showWorth(const QString& html)
{
    m_worth->setText(html);
    m_worth->setVisible(!html.isEmpty());
}

} // namespace millrace::ui
