// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Guarded.h"
#include "runtime/OpenGateway.h"
#include "runtime/Pace.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kGiveUp{
    60}; ///< a gateway that was started again is back long before
constexpr std::chrono::seconds kDialTime{5};
constexpr std::chrono::milliseconds kRetry{100};
constexpr std::chrono::milliseconds kFarewell{200};
constexpr std::size_t kReadAhead = 4;

/// What another try cannot change.
bool isFinal(const Error& error)
{
    return error.code != ErrorCode::Network && error.code != ErrorCode::Timeout;
}

} // namespace

/// One thread takes answers and one sends requests, each on a connection of its own that it dials
/// again when it breaks. A request is kept until its answer is here.
struct RequestClient::Impl {
    explicit Impl(GatewayAddress to) : address(std::move(to)) {}

    void takeAnswers(std::optional<Channel> channel, const std::stop_token& stop);
    [[nodiscard]] Result<void> takeAnswer(Channel& channel, const std::stop_token& stop);
    [[nodiscard]] Result<Answer> receive(Channel& channel, const std::stop_token& stop);
    void sendRequests(std::optional<Channel> channel, const std::stop_token& stop);
    [[nodiscard]] Result<void> sendRequest(Channel& channel, const std::stop_token& stop);
    [[nodiscard]] Result<Channel> dialAnswers(const std::stop_token& stop);
    [[nodiscard]] Result<Channel> dialRequests(const std::stop_token& stop);
    void startFrom(std::uint64_t due);
    void breakUp(const Error& why);

    using Inputs = std::shared_ptr<const std::vector<inference::NamedTensor>>;
    const GatewayAddress address;
    const std::uint64_t session = randomNumber();

    std::mutex mutex;
    std::condition_variable_any changed;
    std::deque<Inputs> unanswered; ///< the requests from `next` on
    std::uint64_t next = 0;        ///< the answer that comes next
    std::uint64_t submitted = 0;   ///< requests of the caller
    std::uint64_t toSend = 0;      ///< on the connection in force
    std::deque<Answer> arrived;
    std::optional<Error> broken; ///< for good
    std::jthread answering, requesting;
};

void RequestClient::Impl::breakUp(const Error& why)
{
    const std::lock_guard lock(mutex);
    if (!broken && why.code != ErrorCode::Cancelled)
        broken = Error{why.code == ErrorCode::AuthFailed ? why.code : ErrorCode::Network,
                       "the gateway ended the connection: " + why.message};
    changed.notify_all();
}

Result<Channel> RequestClient::Impl::dialAnswers(const std::stop_token& stop)
{
    std::uint64_t from = 0;
    {
        const std::lock_guard lock(mutex);
        from = next;
    }
    auto greeted =
        openGateway(address, wire::ANSWERS, session, from, Limit::within(kDialTime, stop));
    if (!greeted)
        return tl::unexpected(greeted.error());
    return std::move(greeted->channel);
}

Result<Channel> RequestClient::Impl::dialRequests(const std::stop_token& stop)
{
    auto greeted = openGateway(address, wire::SUBMIT, session, 0, Limit::within(kDialTime, stop));
    if (!greeted)
        return tl::unexpected(greeted.error());
    startFrom(greeted->welcome.next());
    return std::move(greeted->channel);
}

void RequestClient::Impl::startFrom(std::uint64_t due)
{
    const std::lock_guard lock(mutex);
    toSend = std::clamp(due, next, submitted);
    changed.notify_all();
}

void RequestClient::Impl::takeAnswers(std::optional<Channel> channel, const std::stop_token& stop)
{
    auto thereAt = Clock::now();
    while (!stop.stop_requested()) {
        Result<void> taken;
        if (channel) {
            channel->takes();
            while (taken)
                taken = takeAnswer(*channel, stop);
            channel.reset();
            thereAt = Clock::now();
        }
        auto again = taken || !isFinal(taken.error())
                         ? dialAnswers(stop)
                         : Result<Channel>(tl::unexpected(taken.error()));
        if (again) {
            channel.emplace(std::move(*again));
        } else if (isFinal(again.error()) || Clock::now() > thereAt + kGiveUp) {
            return breakUp(again.error());
        } else {
            (void)sleepUntil(Clock::now() + kRetry, stop);
        }
    }
}

Result<void> RequestClient::Impl::takeAnswer(Channel& channel, const std::stop_token& stop)
{
    while (true) {
        {
            std::unique_lock lock(mutex);
            if (changed.wait_for(lock, stop, kBeat / 2,
                                 [this] { return arrived.size() < kReadAhead; }))
                break;
        }
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "cancelled");
        (void)channel.tend(); // a broken stream shows at the next receive
    }
    auto answer = receive(channel, stop);
    if (!answer)
        return tl::unexpected(answer.error());
    std::uint64_t has = 0;
    {
        const std::lock_guard lock(mutex);
        if (answer->request != next || next == submitted)
            return fail(ErrorCode::Network, "answer {} came where {} was due", answer->request,
                        next);
        has = ++next;
        unanswered.pop_front();
        arrived.push_back(std::move(*answer));
        changed.notify_all();
    }
    return channel.acknowledge(has);
}

Result<Answer> RequestClient::Impl::receive(Channel& channel, const std::stop_token& stop)
{
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure, FrameKind::Bye};
    limits.payloadBytes = std::uint64_t{1} << 32; // the gateway is known by its key
    const auto incoming = channel.receive(limits, {stop});
    if (!incoming)
        return tl::unexpected(incoming.error());
    if (incoming->header.kind == FrameKind::Bye)
        return fail(ErrorCode::InvalidArgument, "{}",
                    decodeBye(incoming->meta).value_or("it says good-bye"));
    if (incoming->header.kind == FrameKind::Failure) {
        const auto failure = decodeFailure(incoming->meta);
        if (!failure)
            return tl::unexpected(failure.error());
        return Answer{failure->request, {}, failure->message};
    }
    const auto header = decodeTensors(incoming->meta, incoming->header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    auto outputs = receiveTensors(channel, *header, stop);
    if (!outputs)
        return tl::unexpected(outputs.error());
    return Answer{header->request, std::move(*outputs), {}};
}

void RequestClient::Impl::sendRequests(std::optional<Channel> channel, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        if (!channel) {
            // Refused: the answers' connection is to be dialled first, which the other thread does.
            if (auto again = dialRequests(stop))
                channel.emplace(std::move(*again));
            else
                (void)sleepUntil(Clock::now() + kRetry, stop);
            continue;
        }
        channel->sends();
        Result<void> sent;
        while (sent && !stop.stop_requested())
            sent = sendRequest(*channel, stop);
        if (sent) // told to leave, and in the middle of nothing
            (void)channel->send(FrameKind::Bye, encodeBye("the client leaves"),
                                Limit::within(kFarewell, {}));
        else if (isFinal(sent.error()))
            return breakUp(sent.error());
        channel.reset();
    }
}

/// The next one, or a sign of life where there is none.
Result<void> RequestClient::Impl::sendRequest(Channel& channel, const std::stop_token& stop)
{
    Inputs inputs;
    std::uint64_t number = 0;
    {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, stop, kBeat / 2, [this] { return toSend < submitted; });
        toSend = std::max(toSend, next); // what was answered meanwhile need not be sent
        number = toSend;
        if (number < submitted)
            inputs = unanswered.at(number - next);
    }
    if (stop.stop_requested())
        return {};
    if (!inputs)
        return channel.tend();
    std::vector<inference::TensorView> views;
    std::vector<std::span<const std::byte>> payload;
    for (const inference::NamedTensor& input : *inputs) {
        views.push_back(inference::viewOf(input));
        payload.push_back(views.back().data);
    }
    auto sent = channel.send(FrameKind::Tensors, encodeTensors(describe(number, {}, views)),
                             payload, {stop});
    if (sent) {
        const std::lock_guard lock(mutex);
        toSend = std::max(toSend, number + 1);
        changed.notify_all();
    }
    return sent;
}

RequestClient::RequestClient(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RequestClient::RequestClient(RequestClient&&) noexcept = default;
RequestClient& RequestClient::operator=(RequestClient&&) noexcept = default;
RequestClient::~RequestClient() = default;

Result<RequestClient> RequestClient::connect(const GatewayAddress& address,
                                             std::chrono::milliseconds timeLimit,
                                             std::stop_token stop)
{
    const Limit limit = Limit::within(timeLimit, std::move(stop));
    auto impl = std::make_unique<Impl>(address);
    auto answers = openGateway(address, wire::ANSWERS, impl->session, 0, limit);
    if (!answers)
        return tl::unexpected(answers.error());
    auto requests = openGateway(address, wire::SUBMIT, impl->session, 0, limit);
    if (!requests)
        return tl::unexpected(requests.error());
    Impl* const at = impl.get();
    const auto thread = [at](auto work, Channel channel) {
        return std::jthread([at, work, held = std::optional(std::move(channel))](
                                const std::stop_token& own) mutable {
            const auto done = guarded("the connection to the gateway",
                                      [&] { (at->*work)(std::move(held), own); });
            if (!done)
                at->breakUp(done.error());
        });
    };
    impl->answering = thread(&Impl::takeAnswers, std::move(answers->channel));
    impl->requesting = thread(&Impl::sendRequests, std::move(requests->channel));
    return RequestClient(std::move(impl));
}

Result<std::uint64_t> RequestClient::submit(const std::vector<inference::NamedTensor>& inputs,
                                            std::stop_token stop)
{
    std::unique_lock lock(m_impl->mutex);
    m_impl->changed.wait(lock, stop,
                         [this] { return m_impl->broken || m_impl->toSend >= m_impl->submitted; });
    if (m_impl->broken)
        return tl::unexpected(*m_impl->broken);
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    m_impl->unanswered.push_back(
        std::make_shared<const std::vector<inference::NamedTensor>>(inputs));
    m_impl->changed.notify_all();
    return m_impl->submitted++;
}

Result<Answer> RequestClient::answer(std::chrono::milliseconds timeLimit, std::stop_token stop)
{
    std::unique_lock lock(m_impl->mutex);
    m_impl->changed.wait_for(lock, stop, timeLimit,
                             [this] { return m_impl->broken || !m_impl->arrived.empty(); });
    if (!m_impl->arrived.empty()) {
        Answer answer = std::move(m_impl->arrived.front());
        m_impl->arrived.pop_front();
        m_impl->changed.notify_all();
        return answer;
    }
    if (m_impl->broken)
        return tl::unexpected(*m_impl->broken);
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    return fail(ErrorCode::Timeout, "no answer in time");
}

} // namespace millrace::runtime
