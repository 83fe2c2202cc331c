// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/PlanBar.h"

#include "ui/dialogs/Prompts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>

namespace millrace::ui
{

PlanBar::PlanBar(Document& document, Prompts& prompts, QWidget* parent)
    : QWidget(parent), m_document(document), m_prompts(prompts), m_scenarios(new QComboBox),
      m_add(new QToolButton), m_stages(new QSpinBox), m_overlap(new QCheckBox(tr("O&verlap")))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 0, 6, 0);
    auto* scenarioLabel = new QLabel(tr("Scenario:"));
    auto* stagesLabel = new QLabel(tr("Stages:"));
    for (QWidget* widget :
         {static_cast<QWidget*>(scenarioLabel), static_cast<QWidget*>(m_scenarios),
          static_cast<QWidget*>(m_add), static_cast<QWidget*>(stagesLabel),
          static_cast<QWidget*>(m_stages), static_cast<QWidget*>(m_overlap)})
        layout->addWidget(widget);
    m_scenarios->setObjectName(QStringLiteral("scenarioBox"));
    m_scenarios->setAccessibleName(tr("Scenario"));
    m_scenarios->setMinimumContentsLength(10);
    m_scenarios->setToolTip(tr("Variants of the cluster, each with its own plan"));
    m_add->setObjectName(QStringLiteral("scenarioMenu"));
    m_add->setText(QStringLiteral("+"));
    m_add->setAccessibleName(tr("Add a scenario"));
    m_add->setToolTip(tr("Try a variant: a copy of this scenario to change"));
    m_add->setPopupMode(QToolButton::MenuButtonPopup);
    auto* menu = new QMenu(m_add);
    menu->addAction(tr("Duplicate\u2026"), this, &PlanBar::addScenario);
    menu->addAction(tr("Rename\u2026"), this, &PlanBar::renameScenario);
    menu->addAction(tr("Remove"), &m_document, &Document::removeScenario);
    m_add->setMenu(menu);
    m_stages->setObjectName(QStringLiteral("stagesBox"));
    m_stages->setAccessibleName(tr("Number of stages"));
    m_stages->setToolTip(tr("How many stages the plan shall have"));
    m_stages->setRange(0, 999);
    m_stages->setSpecialValueText(tr("any"));
    m_stages->setKeyboardTracking(false);
    m_overlap->setObjectName(QStringLiteral("overlapBox"));
    m_overlap->setToolTip(
        tr("A stage computes while its tensors move. Without, a stage's time is the sum."));

    connect(m_scenarios, &QComboBox::activated, this,
            [this](int index) { m_document.selectScenario(static_cast<std::size_t>(index)); });
    connect(m_add, &QToolButton::clicked, this, &PlanBar::addScenario);
    connect(m_stages, &QSpinBox::valueChanged, this, [this](int count) {
        m_document.setStages(count == 0 ? plan::StageCount{} : plan::StageCount{count, count});
    });
    connect(m_overlap, &QCheckBox::clicked, this, [this](bool on) {
        m_document.setOverlap(on ? plan::Overlap::Yes : plan::Overlap::No);
    });
    connect(&m_document, &Document::stateChanged, this, &PlanBar::refresh);
    refresh();
}

/// A field that loses its focus by going away finishes no edit.
PlanBar::~PlanBar()
{
    for (QObject* child : findChildren<QObject*>())
        child->disconnect(this);
}

void PlanBar::refresh()
{
    const DocumentState& state = m_document.state();
    QStringList names;
    for (const Scenario& scenario : state.scenarios)
        names << QString::fromStdString(scenario.name);
    m_scenarios->clear();
    m_scenarios->addItems(names);
    m_scenarios->setCurrentIndex(static_cast<int>(state.current));
    const plan::StageCount& stages = state.scenario().stages;
    const QSignalBlocker quiet(m_stages);
    m_stages->setValue(stages.max && *stages.max == stages.min ? stages.min : 0);
    m_overlap->setChecked(state.scenario().overlap == plan::Overlap::Yes);
}

void PlanBar::addScenario()
{
    m_prompts.text(this, tr("New Scenario"), tr("A copy of the current scenario, called:"),
                   m_document.freeScenarioName(),
                   [this](const QString& name) { m_document.duplicateScenario(name); });
}

void PlanBar::renameScenario()
{
    m_prompts.text(this, tr("Rename Scenario"), tr("Name:"),
                   QString::fromStdString(m_document.state().scenario().name),
                   [this](const QString& name) { m_document.renameScenario(name); });
}

} // namespace millrace::ui
