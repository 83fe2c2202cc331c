// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/deploy/CheckListView.h"

#include "ui/models/DevicePalette.h"

#include <QEvent>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace millrace::ui
{
namespace
{

QString markOf(CheckState state)
{
    switch (state) {
    case CheckState::Good:
        return QStringLiteral("\u2713");
    case CheckState::News:
        return QStringLiteral("\u25cf");
    case CheckState::Untested:
        return QStringLiteral("?");
    case CheckState::Running:
        return QStringLiteral("\u25b6");
    case CheckState::Bad:
        return QStringLiteral("\u2717");
    }
    return {};
}

QString nameOf(CheckState state)
{
    switch (state) {
    case CheckState::Good:
        return CheckListView::tr("In order");
    case CheckState::News:
        return CheckListView::tr("To know");
    case CheckState::Untested:
        return CheckListView::tr("Not tested");
    case CheckState::Running:
        return CheckListView::tr("Under way");
    case CheckState::Bad:
        return CheckListView::tr("To be mended");
    }
    return {};
}

QString textOf(CheckRemedy remedy)
{
    switch (remedy) {
    case CheckRemedy::None:
        return {};
    case CheckRemedy::OpenModel:
        return CheckListView::tr("Open Model\u2026");
    case CheckRemedy::MeasureTimes:
        return CheckListView::tr("Measure");
    case CheckRemedy::SetAddress:
        return CheckListView::tr("Set Address\u2026");
    case CheckRemedy::TestDevices:
        return CheckListView::tr("Test Devices");
    }
    return {};
}

} // namespace

CheckListView::CheckListView(QWidget* parent) : QScrollArea(parent)
{
    setObjectName(QStringLiteral("checkList"));
    setAccessibleName(tr("Check list"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget;
    m_layout = new QVBoxLayout(content);
    m_layout->setContentsMargins(0, 0, 6, 0);
    m_layout->setSpacing(6);
    m_layout->addStretch(1);
    setWidget(content);
}

CheckListView::Row CheckListView::makeRow(int number)
{
    Row row{new QWidget, new QLabel, new QLabel, new QToolButton};
    row.text->setObjectName(QStringLiteral("check%1").arg(number));
    row.text->setTextFormat(Qt::PlainText); // devices and files are named by others
    row.text->setWordWrap(true);
    row.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row.button->setObjectName(QStringLiteral("remedy%1").arg(number));
    row.mark->setFixedWidth(fontMetrics().height());
    QFont bold = row.mark->font();
    bold.setBold(true);
    row.mark->setFont(bold);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(row.text);
    words->addWidget(row.button, 0, Qt::AlignLeft);
    auto* layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(row.mark, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    const auto index = static_cast<std::size_t>(number);
    connect(row.button, &QToolButton::clicked, this, [this, index] {
        if (index < m_checks.size())
            emit remedyRequested(DeployCheck(m_checks[index])); // which may change meanwhile
    });
    m_layout->insertWidget(m_layout->count() - 1, row.widget);
    return row;
}

/// Rows stay, so that the focus does.
void CheckListView::setChecks(const std::vector<DeployCheck>& checks)
{
    m_checks = checks;
    while (m_rows.size() < checks.size())
        m_rows.push_back(makeRow(static_cast<int>(m_rows.size())));
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (i < checks.size())
            show(m_rows[i], checks[i]);
        m_rows[i].widget->setVisible(i < checks.size());
    }
}

void CheckListView::show(const Row& row, const DeployCheck& check)
{
    const DevicePalette colours(palette());
    QPalette inked = palette();
    if (check.state == CheckState::Good)
        inked.setColor(QPalette::WindowText, colours.good());
    if (check.state == CheckState::Bad)
        inked.setColor(QPalette::WindowText, colours.bottleneck());
    row.mark->setPalette(inked);
    row.mark->setText(markOf(check.state));
    row.mark->setToolTip(nameOf(check.state));
    row.text->setText(check.text);
    row.text->setAccessibleName(QString(nameOf(check.state) + QStringLiteral(": ") + check.text));
    row.button->setText(textOf(check.remedy));
    row.button->setAccessibleName(
        QString(textOf(check.remedy) + QStringLiteral(": ") + check.text));
    row.button->setVisible(check.remedy != CheckRemedy::None);
}

void CheckListView::changeEvent(QEvent* event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        setChecks(std::vector<DeployCheck>(m_checks));
}

} // namespace millrace::ui
