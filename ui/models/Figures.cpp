// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/Figures.h"

#include <QCoreApplication>
#include <QTextDocument>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::Figures)
};

} // namespace

QString threeDigits(double value)
{
    if (!std::isfinite(value))
        return QStringLiteral("\u221e");
    if (value == 0)
        return QStringLiteral("0");
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
    return QString::number(value, 'f', std::max(0, 2 - magnitude));
}

QString figure(Bytes bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

QString figure(Seconds seconds)
{
    return QString::fromStdString(formatDuration(seconds))
        .replace(QStringLiteral(" us"), QStringLiteral(" \u00b5s"));
}

QString figure(BitsPerSecond bandwidth)
{
    return QString::fromStdString(formatBandwidth(bandwidth));
}

QString perSecond(double throughput)
{
    return Tr::tr("%1 inferences/s").arg(threeDigits(throughput));
}

QString percent(double share)
{
    return Tr::tr("%1 %", "percent").arg(threeDigits(share * 100));
}

QString plainTip(const QString& text)
{
    return text.isEmpty() ? text : Qt::convertFromPlainText(text, Qt::WhiteSpaceNormal);
}

/// What may be a name keeps its first letter.
QString reasonOf(const Error& error)
{
    QString text = QString::fromStdString(error.message);
    const QString word = text.section(QLatin1Char(' '), 0, 0);
    const bool isWord =
        std::all_of(word.begin(), word.end(), [](QChar letter) { return letter.isLower(); });
    if (isWord && !text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

QString statusText(plan::Status status)
{
    switch (status) {
    case plan::Status::Optimal:
        return Tr::tr("proven optimal");
    case plan::Status::Feasible:
        return Tr::tr("good plan, not proven optimal");
    case plan::Status::Infeasible:
        return Tr::tr("no feasible plan");
    case plan::Status::Timeout:
        return Tr::tr("stopped at the time limit");
    case plan::Status::Cancelled:
        return Tr::tr("cancelled");
    }
    return {};
}

QString bottleneckText(const plan::Pipeline& pipeline, const std::vector<std::string>& names)
{
    const auto name = [&names](DeviceId device) {
        return QString::fromStdString(names[device.index()]);
    };
    const auto index = static_cast<std::size_t>(pipeline.bottleneck.index);
    if (pipeline.bottleneck.kind == plan::BottleneckKind::Transfer) {
        const plan::Hop& hop = pipeline.hops[index];
        return Tr::tr("link %1 > %2")
            .arg(hop.from ? name(*hop.from) : QString(), hop.to ? name(*hop.to) : QString());
    }
    const QString device = name(pipeline.stages[index].device);
    return pipeline.bottleneck.kind == plan::BottleneckKind::Compute
               ? Tr::tr("compute on %1").arg(device)
               : Tr::tr("stage on %1").arg(device);
}

} // namespace millrace::ui
