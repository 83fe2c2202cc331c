// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/Traffic.h"

#include "base/Guarded.h"
#include "work/BenchInputs.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace millrace::work
{
namespace
{

constexpr std::chrono::milliseconds kConnectLimit{5000};
/// A stage may be down for as long as nobody repairs it.
constexpr std::chrono::hours kNoLimit{24 * 365};

/// Enough that every stage computes while its next tensors come in; more would only wait.
std::uint64_t depth(const deploy::Release& release)
{
    return 2 * release.plan.stageCount() + 2;
}

std::chrono::duration<double> drainTime(const deploy::Release& release)
{
    const double inTurn =
        release.plan.bottleneckTime.value * static_cast<double>(depth(release)) * release.dilation;
    return std::chrono::duration<double>(2 + 2 * inTurn);
}

/// A thread sends, a thread takes the answers, the caller waits for the end of either.
class Stream
{
public:
    Stream(std::vector<std::vector<inference::NamedTensor>> inputs, runtime::RequestClient client,
           std::uint64_t depth)
        : m_inputs(std::move(inputs)), m_client(std::move(client)), m_depth(depth)
    {
    }

    Result<TrafficCounts> run(const std::stop_token& stop, std::chrono::duration<double> drain)
    {
        std::jthread receiver([this](const std::stop_token& end) {
            note(guarded("taking the answers", [&] { receive(end); }));
        });
        std::jthread sender(
            [this](const std::stop_token& end) { note(guarded("sending", [&] { send(end); })); });
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, stop, [this] { return m_error.has_value(); });
        sender.request_stop();
        lock.unlock();
        sender.join(); // what it was sending either went out whole or counts for nothing
        lock.lock();
        m_changed.wait_for(lock, drain, [this] { return m_error || taken() == m_counts.sent; });
        lock.unlock();
        receiver.request_stop();
        receiver.join();
        if (m_error && !stop.stop_requested())
            return tl::unexpected(*m_error);
        return m_counts;
    }

private:
    [[nodiscard]] std::uint64_t taken() const { return m_counts.answered + m_counts.failed; }

    /// What ended a thread against its will ends the stream.
    void note(const Result<void>& done)
    {
        if (done)
            return;
        const std::lock_guard lock(m_mutex);
        m_error = done.error();
        m_changed.notify_all();
    }

    void send(const std::stop_token& stop)
    {
        for (std::size_t next = 0; !stop.stop_requested(); next = (next + 1) % m_inputs.size()) {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return m_counts.sent - taken() < m_depth; }))
                return;
            lock.unlock();
            const auto sent = m_client.submit(m_inputs[next], stop);
            lock.lock();
            if (sent)
                ++m_counts.sent;
            else if (!stop.stop_requested())
                m_error = sent.error();
            m_changed.notify_all();
            if (!sent)
                return;
        }
    }

    void receive(const std::stop_token& stop)
    {
        while (true) {
            const auto answer = m_client.answer(kNoLimit, stop);
            const std::lock_guard lock(m_mutex);
            if (answer)
                ++(answer->error.empty() ? m_counts.answered : m_counts.failed);
            else if (!stop.stop_requested())
                m_error = answer.error();
            m_changed.notify_all();
            if (!answer)
                return;
        }
    }

    const std::vector<std::vector<inference::NamedTensor>> m_inputs;
    runtime::RequestClient m_client;
    const std::uint64_t m_depth;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    TrafficCounts m_counts;
    std::optional<Error> m_error;
};

} // namespace

Result<TrafficCounts> sendTraffic(const deploy::Release& release, const TrafficOptions& options,
                                  const std::stop_token& stop)
{
    if (options.distinctInputs < 1)
        return fail(ErrorCode::InvalidArgument, "at least one input is needed");
    const auto manifest = releaseManifest(release);
    if (!manifest)
        return tl::unexpected(manifest.error());
    std::vector<std::vector<inference::NamedTensor>> inputs;
    for (int i = 0; i < options.distinctInputs && !stop.stop_requested(); ++i) {
        auto input = benchInput(manifest->inputs, options.seed + static_cast<std::uint64_t>(i));
        if (!input)
            return tl::unexpected(input.error());
        inputs.push_back(std::move(*input));
    }
    const auto address = deploy::gatewayAddress(release);
    if (!address)
        return tl::unexpected(address.error());
    auto client = runtime::RequestClient::connect(*address, kConnectLimit, stop);
    if (stop.stop_requested())
        return TrafficCounts{};
    if (!client)
        return inContext("release " + release.id, client.error());
    return Stream(std::move(inputs), std::move(*client), depth(release))
        .run(stop, drainTime(release));
}

} // namespace millrace::work
