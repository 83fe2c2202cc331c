// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/Worth.h"

#include "ui/models/Figures.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{
namespace
{

using plan::Change;
using plan::Finding;
using plan::NothingBecause;

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::Inspector)
};

QString stepText(const plan::Problem& problem, const Change& change)
{
    if (const auto* memory = std::get_if<plan::MoreMemory>(&change))
        return QString(u'+' + figure(memory->by));
    if (const auto* speed = std::get_if<plan::MoreSpeed>(&change))
        return Tr::tr("%1 \u00d7 speed").arg(QLocale::c().toString(speed->factor, 'g', 3));
    if (const auto* link = std::get_if<plan::MoreBandwidth>(&change))
        return figure(
            BitsPerSecond{problem.bandwidth.at(link->from, link->to).value * link->factor});
    return std::holds_alternative<plan::DeviceGone>(change) ? Tr::tr("without it")
                                                            : Tr::tr("switched on");
}

/// The same for all steps of the resource.
QString anyStepText(const Change& change)
{
    if (std::holds_alternative<plan::MoreMemory>(change))
        return Tr::tr("more memory");
    if (std::holds_alternative<plan::MoreSpeed>(change))
        return Tr::tr("more speed");
    if (std::holds_alternative<plan::MoreBandwidth>(change))
        return Tr::tr("more bandwidth");
    return std::holds_alternative<plan::DeviceGone>(change) ? Tr::tr("without it")
                                                            : Tr::tr("switched on");
}

QString gainText(const plan::Plan& plan, const Finding& finding)
{
    if (finding.bottleneck == kNever)
        return Tr::tr("no plan any more");
    if (!plan.hasStages())
        return perSecond(1 / finding.bottleneck.value);
    const double gain = plan::gain(plan, finding);
    const QChar sign = gain > 0 ? u'+' : u'\u2212';
    const QString change =
        Tr::tr("%1 /s", "31 % more per second").arg(QString(sign + percent(std::abs(gain))));
    return isOpen(finding) ? Tr::tr("at least %1").arg(change) : change;
}

QString nothingText(const Snapshot& snapshot, const Finding& finding)
{
    switch (plan::whyNothing(*snapshot.plan, finding)) {
    case NothingBecause::BottleneckStays: {
        std::vector<std::string> names;
        for (const plan::Device& device : snapshot.problem->devices)
            names.push_back(device.name);
        return Tr::tr("nothing; the bottleneck stays: %1")
            .arg(bottleneckText(snapshot.plan->pipelines.front(), names).toHtmlEscaped());
    }
    case NothingBecause::AnotherAsSlow:
        return Tr::tr("nothing; in every plan something else is as slow");
    case NothingBecause::NotUsed:
        return Tr::tr("nothing lost; the plan does not use it");
    case NothingBecause::OthersTakeOver:
        return Tr::tr("nothing lost; others do its work as well");
    case NothingBecause::StillNoPlan:
        return Tr::tr("still no plan");
    }
    return {};
}

QString row(const QString& change, const QString& outcome)
{
    return QString(u"<tr><td style='padding-right:10px'>" + change + u"</td><td>" + outcome +
                   u"</td></tr>");
}

} // namespace

std::vector<Change> changesOf(const Snapshot& snapshot, const Selected& selected)
{
    if (snapshot.planning || !snapshot.plan || !snapshot.problem || !snapshot.cluster ||
        snapshot.problem->devices.size() != snapshot.cluster->devices.size() ||
        (!snapshot.plan->hasStages() && snapshot.plan->status != plan::Status::Infeasible))
        return {};
    const auto* device = std::get_if<DeviceId>(&selected);
    const auto* ends = std::get_if<LinkEnds>(&selected);
    const std::size_t count = snapshot.cluster->devices.size();
    if (device != nullptr && device->index() < count &&
        snapshot.cluster->devices[device->index()].stages)
        return plan::deviceChanges(*snapshot.problem, *device);
    if (ends != nullptr && ends->from.index() < count && ends->to.index() < count)
        return plan::linkChanges(*snapshot.problem, ends->from, ends->to);
    return {};
}

QString describeWorth(const Snapshot& snapshot, const std::vector<Finding>& findings, Search search)
{
    if (findings.empty() && search == Search::Ended)
        return {};
    QString rows;
    const auto notable = plan::notable(*snapshot.plan, findings);
    for (const Finding& finding : findings) // step by step, not by gain
        if (std::find(notable.begin(), notable.end(), finding) != notable.end())
            rows += row(stepText(*snapshot.problem, finding.change),
                        QString(u"<b>" + gainText(*snapshot.plan, finding) + u"</b>"));
    for (const Finding& finding : plan::worthless(*snapshot.plan, findings))
        rows += row(anyStepText(finding.change), nothingText(snapshot, finding));
    QString html = QString(u"<p><b>" + Tr::tr("What it would bring") + u"</b></p>");
    if (!rows.isEmpty())
        html += QString(u"<table cellspacing='0' cellpadding='2'>" + rows + u"</table>");
    const auto open = std::count_if(findings.begin(), findings.end(), plan::isOpen);
    if (search == Search::Runs)
        html += Tr::tr("<p>Planning anew for each change \u2026</p>");
    else if (open > 0)
        html += Tr::tr("<p>%n change(s) could not be settled in time.</p>", nullptr,
                       static_cast<int>(open));
    if (snapshot.plan->hasStages() && snapshot.plan->status != plan::Status::Optimal)
        html += Tr::tr("<p>The plan is not proven optimal: some of a gain may come from the longer "
                       "search.</p>");
    return html;
}

} // namespace millrace::ui
