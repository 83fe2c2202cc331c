// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/WatchFigures.h"

#include <QDateTime>

namespace millrace::ui
{
namespace
{

/// RFC 4180: device names may hold anything.
std::string quoted(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    return out + '"';
}

std::string cell(const std::optional<double>& value)
{
    return value ? fmt::format(",{:.6g}", *value) : ",";
}

std::string cell(const std::optional<Seconds>& value)
{
    return cell(value ? std::optional(value->value) : std::nullopt);
}

std::string header(const deploy::Release& release)
{
    std::string line = "time,throughput_per_s,predicted_per_s,latency_p50_s,latency_p95_s,"
                       "latency_p99_s,in_flight";
    for (std::size_t k = 0; k < release.plan.stageCount(); ++k)
        for (const char* what : {"up", "compute_s", "waiting_s", "cpu", "memory_bytes"})
            line +=
                "," + quoted(fmt::format("stage {} {} {}", k + 1, release.nodes[k].device, what));
    for (std::size_t k = 0; k < release.plan.hopCount(); ++k)
        line += fmt::format(",hop {} transfer_s", k);
    return line + "\r\n";
}

} // namespace

std::string watchCsv(const deploy::Release& release, const std::vector<WatchRates>& series)
{
    std::string text = header(release);
    for (const WatchRates& at : series) {
        text += QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(at.at * 1000), Qt::UTC)
                    .toString(Qt::ISODateWithMs)
                    .toStdString();
        text += cell(at.throughput) + cell(std::optional(release.plan.throughput()));
        text += cell(at.p50) + cell(at.p95) + cell(at.p99) + fmt::format(",{}", at.inFlight);
        for (const WatchRates::Stage& stage : at.stages)
            text += (stage.up ? ",1" : ",0") + cell(stage.compute) + cell(stage.waiting) +
                    cell(stage.cpu) + fmt::format(",{}", stage.memory.value);
        for (const auto& transfer : at.transfers)
            text += cell(transfer);
        text += "\r\n";
    }
    return text;
}

} // namespace millrace::ui
