// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallStatus.h"

#include <cmath>

namespace millrace::test
{

runtime::Summary summary(std::uint64_t count, double each)
{
    runtime::Summary summary;
    summary.count = count;
    summary.sum = static_cast<double>(count) * each;
    return summary;
}

runtime::LiveStatus liveStatus(double seconds, std::uint64_t answered)
{
    runtime::LiveStatus status;
    status.incarnation = 7;
    status.at = kStart + seconds;
    status.upSeconds = seconds;
    status.state = runtime::ServiceState::Serving;
    status.dilation = 1.5;
    status.answered = answered;
    status.inFlight = 3;
    status.latency = summary(answered, 0.9);
    status.latency.p50 = 0.9;
    runtime::PipelineStatus& pipeline = status.pipelines.emplace_back();
    for (const auto& [device, compute] : {std::pair("a", 0.41), std::pair("b", 0.2)}) {
        runtime::StageStatus stage;
        stage.device = device;
        stage.up = true;
        stage.metrics.incarnation = 11;
        stage.metrics.compute = summary(answered, compute);
        stage.metrics.cpuSeconds = 0.1 * seconds;
        stage.metrics.memory = Bytes{20 << 20};
        stage.metrics.peakMemory = Bytes{30 << 20};
        pipeline.stages.push_back(stage);
    }
    for (const double transfer : {0.1, 0.3, 0.05})
        pipeline.hops.push_back({"", "", 100000, answered, summary(answered, transfer)});
    return status;
}

bool isNear(double a, double b)
{
    return std::abs(a - b) < 1e-9 * std::max(std::abs(a), std::abs(b));
}

} // namespace millrace::test
