// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/Bench.h"

#include "base/Guarded.h"
#include "work/BenchInputs.h"
#include "work/Places.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::work
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kConnectLimit{5000};
/// How long a stage may be down, or a first answer under way, before the rest counts as lost.
constexpr double kPatienceSeconds = 60;
/// Above this share of missed deadlines, the emulation was not what the plan speaks of.
constexpr double kLateShare = 0.02;

std::chrono::milliseconds patience(const deploy::Release& release)
{
    Seconds alone;
    for (const plan::Pipeline& pipeline : release.plan.pipelines)
        alone = std::max(alone, pipeline.endToEnd);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(1000 * (kPatienceSeconds + 10 * alone.value * release.dilation)));
}

struct Traffic {
    int answered = 0, failed = 0, mismatched = 0;
    double maxAbsError = 0;
    Clock::time_point first, last; ///< answers
};

void check(const runtime::Answer& answer, const std::vector<inference::NamedTensor>& expected,
           Traffic& traffic)
{
    bool agrees = answer.outputs.size() == expected.size();
    for (std::size_t i = 0; agrees && i < expected.size(); ++i) {
        const auto agreement = inference::compare(answer.outputs[i].tensor, expected[i].tensor);
        agrees = agreement.agree && answer.outputs[i].name == expected[i].name;
        if (agreement.maxAbsError < HUGE_VAL)
            traffic.maxAbsError = std::max(traffic.maxAbsError, agreement.maxAbsError);
    }
    traffic.mismatched += agrees ? 0 : 1;
}

/// One stream of requests through a release: a thread sends, this one takes the answers.
class Stream
{
public:
    Stream(const deploy::Release& release, const BenchCases& cases, runtime::RequestClient& client)
        : m_release(release), m_cases(cases), m_client(client)
    {
    }

    /// The client numbers its requests over all streams. Ends early when answers stop coming.
    Result<Traffic> run(int requests, const std::stop_token& stop, ProgressSink& progress)
    {
        std::jthread sender([&](std::stop_token giveUp) {
            static_cast<void>(guarded("sending", [&] { send(requests, giveUp); }));
        });
        const std::stop_callback stopSender(stop, [&sender] { sender.request_stop(); });
        Traffic traffic;
        for (int i = 0; i < requests; ++i) {
            progress.progress(fmt::format("request {} of {}", i + 1, requests),
                              static_cast<double>(i) / requests);
            const auto answer = m_client.answer(patience(m_release), stop);
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "interrupted after {} of {} answers", i,
                            requests);
            if (!answer)
                break;
            if (answer->request != m_next)
                return fail(ErrorCode::Internal, "the gateway answered request {} when {} was due",
                            answer->request, m_next);
            note(*answer, traffic);
        }
        return traffic;
    }

private:
    void send(int requests, const std::stop_token& giveUp)
    {
        for (int i = 0; i < requests && !giveUp.stop_requested(); ++i, ++m_sent)
            if (!m_client.submit(m_cases.inputs[m_sent % m_cases.inputs.size()], giveUp))
                return; // the answers that do not come say the same
    }

    void note(const runtime::Answer& answer, Traffic& traffic)
    {
        const std::size_t used = m_next++ % m_cases.inputs.size();
        if (!answer.error.empty()) {
            ++traffic.failed;
            return;
        }
        traffic.last = Clock::now();
        if (traffic.answered++ == 0)
            traffic.first = traffic.last;
        if (!m_cases.answers.empty())
            check(answer, m_cases.answers[used], traffic);
    }

    const deploy::Release& m_release;
    const BenchCases& m_cases;
    runtime::RequestClient& m_client;
    std::size_t m_sent = 0;
    std::uint64_t m_next = 0;
};

/// The status after the timed phase, once the stages' counters have all of it.
Result<runtime::LiveStatus> finalStatus(runtime::StatusClient& client, const Traffic& traffic,
                                        const std::stop_token& stop)
{
    const auto end = Clock::now() + std::chrono::seconds(3);
    for (;;) {
        auto status = client.status(0, stop);
        if (!status)
            return status;
        const auto stages = status->stages();
        const bool isComplete =
            std::all_of(stages.begin(), stages.end(), [&](const runtime::StageStatus* stage) {
                return !stage->up ||
                       stage->metrics.sent >= static_cast<std::uint64_t>(traffic.answered);
            });
        if (isComplete || Clock::now() >= end)
            return status;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

void fillStages(const deploy::Release& release, const runtime::LiveStatus& status,
                BenchResult& result)
{
    const plan::Plan& plan = release.plan;
    for (const auto& [at, planned] : plan.stages()) {
        StageResult stage;
        stage.device = deviceOf(deploy::nodeOf(release, at));
        stage.predictedCompute = planned.compute;
        stage.predictedMemory = planned.memory;
        if (const runtime::StageStatus* measured = status.find(at)) {
            stage.compute = measured->metrics.compute;
            stage.peakMemory = measured->metrics.peakMemory;
        }
        result.stages.push_back(std::move(stage));
    }
    for (const auto& [at, planned] : plan.hops()) {
        const HopEnds ends = endsOf(release, at);
        HopResult hop{deviceOf(ends.from), deviceOf(ends.to), planned.bytes, planned.seconds, {}};
        if (const runtime::HopStatus* measured = status.find(at))
            hop.transfer = measured->transfer;
        result.hops.push_back(std::move(hop));
    }
}

BenchResult makeResult(const deploy::Release& release, const BenchOptions& options,
                       const Traffic& traffic, const std::optional<runtime::LiveStatus>& status)
{
    BenchResult result;
    result.requests = options.requests;
    result.answered = traffic.answered;
    result.failed = traffic.failed;
    result.lost = options.requests - traffic.answered - traffic.failed;
    result.mismatched = traffic.mismatched;
    result.maxAbsError = traffic.maxAbsError;
    result.dilation = release.dilation;
    result.predictedThroughput = release.plan.throughput();
    const std::chrono::duration<double> time = traffic.last - traffic.first;
    // Between the first and the last answer: the pipeline was full.
    if (traffic.answered > 1 && time.count() > 0)
        result.throughput = (traffic.answered - 1) / time.count() * release.dilation;
    if (status) {
        result.deadlines = status->deadlines;
        result.lateDeadlines = status->lateDeadlines;
        result.latency = status->latency;
    }
    result.comparable = status && static_cast<double>(result.lateDeadlines) <=
                                      kLateShare * static_cast<double>(result.deadlines);
    fillStages(release, status.value_or(runtime::LiveStatus{}), result);
    return result;
}

} // namespace

Result<BenchResult> bench(const deploy::Release& release, const BenchOptions& options,
                          std::stop_token stop, ProgressSink& progress)
{
    if (options.requests < 1 || options.warmup < 0 || options.distinctInputs < 1)
        return fail(ErrorCode::InvalidArgument, "at least one request is needed");
    const auto cases = benchCases(release, options, stop, progress);
    if (!cases)
        return tl::unexpected(cases.error());
    const auto address = deploy::gatewayAddress(release);
    if (!address)
        return tl::unexpected(address.error());
    auto status = runtime::StatusClient::connect(*address, kConnectLimit, stop);
    if (!status)
        return inContext("release " + release.id, status.error());
    auto client = runtime::RequestClient::connect(*address, kConnectLimit, stop);
    if (!client)
        return inContext("release " + release.id, client.error());
    Stream stream(release, *cases, *client);
    const auto warm = stream.run(options.warmup, stop, progress);
    if (!warm)
        return tl::unexpected(warm.error());
    if (const auto ok = status->resetMetrics(stop); !ok)
        return inContext("release " + release.id, ok.error());
    const auto traffic = stream.run(options.requests, stop, progress);
    if (!traffic)
        return tl::unexpected(traffic.error());
    const auto after = finalStatus(*status, *traffic, stop);
    return makeResult(release, options, *traffic, after ? std::optional(*after) : std::nullopt);
}

} // namespace millrace::work
