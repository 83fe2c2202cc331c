// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/Inspector.h"

#include "ui/inspector/Descriptions.h"
#include "ui/inspector/DevicePage.h"
#include "ui/inspector/LinkPage.h"
#include "ui/inspector/Worth.h"
#include "ui/inspector/WorthSearch.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace millrace::ui
{

Inspector::Inspector(QWidget* parent)
    : QStackedWidget(parent), m_textPage(new QWidget), m_pinRow(new QWidget), m_pin(new QComboBox),
      m_text(new QTextBrowser), m_device(new DevicePage), m_link(new LinkPage),
      m_worth(new WorthSearch(this))
{
    setObjectName(QStringLiteral("inspector"));
    auto* pinLayout = new QHBoxLayout(m_pinRow);
    pinLayout->setContentsMargins(8, 6, 8, 6);
    pinLayout->addWidget(new QLabel(tr("Runs on")));
    pinLayout->addWidget(m_pin, 1);
    m_pin->setObjectName(QStringLiteral("pinBox"));
    m_pin->setAccessibleName(tr("Device this layer is pinned to"));
    auto* layout = new QVBoxLayout(m_textPage);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_pinRow);
    layout->addWidget(m_text, 1);
    m_text->setObjectName(QStringLiteral("inspectorText"));
    m_text->setAccessibleName(tr("Properties of the selection"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    addWidget(m_textPage);
    addWidget(scrolled(m_device));
    addWidget(scrolled(m_link));
    setMinimumWidth(220);
    connect(m_device, &DevicePage::editRequested, this, &Inspector::editRequested);
    connect(m_device, &DevicePage::editRefused, this, &Inspector::editRefused);
    connect(m_link, &LinkPage::editRequested, this, &Inspector::editRequested);
    connect(m_link, &LinkPage::editRefused, this, &Inspector::editRefused);
    connect(m_worth, &WorthSearch::changed, this, &Inspector::showWorth);
    connect(m_link, &LinkPage::oppositeRequested, this, [this] {
        if (const auto* ends = std::get_if<LinkEnds>(&m_selection->current()))
            m_selection->select(LinkEnds{ends->to, ends->from});
    });
    connect(m_pin, &QComboBox::activated, this, [this](int index) {
        const auto* layer = std::get_if<LayerId>(&m_selection->current());
        if (layer == nullptr)
            return;
        const int device = m_pin->itemData(index).toInt();
        emit pinRequested(*layer, device < 0 ? std::nullopt : std::optional(DeviceId(device)));
    });
}

Inspector::~Inspector()
{
    m_device->disconnect(this);
    m_link->disconnect(this);
    m_pin->disconnect(this);
    m_worth->disconnect(this);
}

QWidget* Inspector::scrolled(QWidget* page)
{
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(page);
    return area;
}

void Inspector::setSnapshot(const Snapshot& snapshot)
{
    m_snapshot = snapshot;
    refresh();
}

void Inspector::setSelection(Selection* selection)
{
    m_selection = selection;
    connect(selection, &Selection::changed, this, &Inspector::refresh);
    refresh();
}

/// Scrolled to the top only when the text is another one.
void Inspector::showText(const QString& html)
{
    if (html != m_html) {
        m_html = html;
        m_text->setHtml(html);
    }
    setCurrentWidget(m_textPage);
}

void Inspector::showPin(LayerId layer)
{
    m_pin->clear();
    m_pin->addItem(tr("any device"), -1);
    if (!m_snapshot.cluster)
        return;
    const auto& devices = m_snapshot.cluster->devices;
    for (std::size_t i = 0; i < devices.size(); ++i)
        if (devices[i].stages)
            m_pin->addItem(QString::fromStdString(devices[i].name), static_cast<int>(i));
    if (!m_snapshot.problem)
        return;
    const auto& pins = m_snapshot.problem->pins;
    const auto pinned = std::find_if(pins.begin(), pins.end(),
                                     [layer](const plan::Pin& pin) { return pin.layer == layer; });
    if (pinned != pins.end())
        m_pin->setCurrentIndex(m_pin->findData(pinned->device.value));
}

void Inspector::refresh()
{
    if (m_selection == nullptr)
        return;
    const Selected& selected = m_selection->current();
    const std::size_t devices = m_snapshot.cluster ? m_snapshot.cluster->devices.size() : 0;
    const auto* layer = std::get_if<LayerId>(&selected);
    const auto* tensor = std::get_if<TensorId>(&selected);
    const auto* device = std::get_if<DeviceId>(&selected);
    const auto* ends = std::get_if<LinkEnds>(&selected);
    const bool layerShown =
        layer != nullptr && m_snapshot.graph && layer->index() < m_snapshot.graph->layers.size();
    m_pinRow->setVisible(layerShown);
    if (layerShown) {
        showPin(*layer);
        showText(describeLayer(m_snapshot, *layer));
    } else if (tensor != nullptr && m_snapshot.graph &&
               tensor->index() < m_snapshot.graph->tensors.size()) {
        showText(describeTensor(m_snapshot, *tensor));
    } else if (device != nullptr && device->index() < devices) {
        m_device->show(m_snapshot, *device);
        setCurrentIndex(1);
    } else if (ends != nullptr && ends->from.index() < devices && ends->to.index() < devices &&
               ends->from != ends->to) {
        m_link->show(m_snapshot, *ends);
        setCurrentIndex(2);
    } else {
        showText(describeAll(m_snapshot));
    }
    m_worth->ask(m_snapshot, changesOf(m_snapshot, selected));
    showWorth();
}

void Inspector::showWorth()
{
    const QString html = describeWorth(m_snapshot, m_worth->findings(),
                                       m_worth->isRunning() ? Search::Runs : Search::Ended);
    m_device->showWorth(html);
    m_link->showWorth(html);
}

} // namespace millrace::ui
