// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/StepTexts.h"

#include "ui/models/Figures.h"
#include "ui/models/StepTableModel.h"

#include <algorithm>

namespace millrace::ui
{

using deploy::StepState;

namespace
{

QString stateName(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return StepTableModel::tr("waiting");
    case StepState::Running:
        return StepTableModel::tr("running");
    case StepState::Done:
        return StepTableModel::tr("done");
    case StepState::Failed:
        return StepTableModel::tr("failed");
    case StepState::Cancelled:
        return StepTableModel::tr("cancelled");
    case StepState::Undone:
        return StepTableModel::tr("undone");
    }
    return {};
}

/// What is done took some time.
QString duration(double seconds)
{
    return figure(Seconds{std::max(0.001, seconds)});
}

} // namespace

QString stepName(deploy::StepId step)
{
    using deploy::StepId;
    switch (step) {
    case StepId::Measure:
        return StepTableModel::tr("Measure");
    case StepId::Plan:
        return StepTableModel::tr("Plan");
    case StepId::Reach:
        return StepTableModel::tr("Reach");
    case StepId::Check:
        return StepTableModel::tr("Check");
    case StepId::Lock:
        return StepTableModel::tr("Lock");
    case StepId::Split:
        return StepTableModel::tr("Split");
    case StepId::Keys:
        return StepTableModel::tr("Keys");
    case StepId::Upload:
        return StepTableModel::tr("Upload");
    case StepId::Start:
        return StepTableModel::tr("Start");
    case StepId::WarmUp:
        return StepTableModel::tr("Warm up");
    case StepId::Health:
        return StepTableModel::tr("Health");
    case StepId::Switch:
        return StepTableModel::tr("Switch");
    case StepId::Stop:
        return StepTableModel::tr("Stop");
    case StepId::Remove:
        return StepTableModel::tr("Remove");
    }
    return {};
}

QString stepText(const StepCell& cell)
{
    switch (cell.state) {
    case StepState::Waiting:
        return StepTableModel::tr("\u00b7 waiting");
    case StepState::Running:
        return cell.fraction < 0
                   ? StepTableModel::tr("\u25b6 %1").arg(duration(cell.ended - cell.begun))
                   : StepTableModel::tr("\u25b6 %1 %").arg(qRound(cell.fraction * 100));
    case StepState::Done:
        return StepTableModel::tr("\u2713 %1").arg(duration(cell.ended - cell.begun));
    case StepState::Failed:
        return StepTableModel::tr("\u2717 failed");
    case StepState::Cancelled:
        return StepTableModel::tr("\u2717 cancelled");
    case StepState::Undone:
        return StepTableModel::tr("\u21b6 undone");
    }
    return {};
}

QString stepSentence(const QString& row, deploy::StepId step, const StepCell& cell)
{
    const QString where = StepTableModel::tr("%1, %2").arg(row, stepName(step));
    QString text = cell.state == StepState::Waiting
                       ? StepTableModel::tr("%1: waiting.").arg(where)
                       : StepTableModel::tr("%1: %2 after %3.")
                             .arg(where, stateName(cell.state), duration(cell.ended - cell.begun));
    if (cell.state == StepState::Running && cell.toSend.value > 0)
        text += QLatin1Char(' ') +
                StepTableModel::tr("%1 of %2 sent.").arg(figure(cell.sent), figure(cell.toSend));
    return text;
}

} // namespace millrace::ui
