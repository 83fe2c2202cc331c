// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Document.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSpinBox>
#include <QToolButton>

namespace millrace::ui
{

class Prompts;

/// Which scenario is shown, and what its plan is asked for: the number of stages, and whether
/// transfer and compute overlap. Both given are not owned.
class PlanBar : public QWidget
{
    Q_OBJECT
public:
    PlanBar(Document& document, Prompts& prompts, QWidget* parent = nullptr);
    ~PlanBar() override;
    void addScenario();
    void renameScenario();

private:
    void refresh();

    Document& m_document;
    Prompts& m_prompts;
    QComboBox* m_scenarios;
    QToolButton* m_add;
    QSpinBox* m_stages;
    QCheckBox* m_overlap;
};

} // namespace millrace::ui
