// SPDX-License-Identifier: GPL-3.0-or-later
/// For the files of connections only: Asio's asynchronous operations, one at a time, with limits.
#pragma once

#include "runtime/net/Connection.h"
#include "runtime/net/Resolve.h"

#include <asio.hpp>
#include <asio/ssl.hpp>

#include <algorithm>
#include <optional>

namespace millrace::runtime
{

struct TlsContext::Impl {
    asio::ssl::context context{asio::ssl::context::tlsv13};
    std::vector<Peer> peers;
    Resolver resolver;
};

/// The peer whose certificate this is; null: a stranger's, or none.
[[nodiscard]] const Peer* peerOf(const TlsContext::Impl& tls, X509* certificate);

template <class Socket>
void setBuffers(Socket& socket, Buffers buffers)
{
    if (buffers.bytes == 0)
        return;
    asio::error_code ignored;
    socket.set_option(asio::socket_base::send_buffer_size(buffers.bytes), ignored);
    socket.set_option(asio::socket_base::receive_buffer_size(buffers.bytes), ignored);
}

[[nodiscard]] inline tl::unexpected<Error> failed(const asio::error_code& error)
{
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
        return fail(ErrorCode::Network, "the connection ended");
    const bool isTls = error.category() == asio::error::get_ssl_category();
    return fail(isTls ? ErrorCode::AuthFailed : ErrorCode::Network, "{}", error.message());
}

/// What else is to be done while an operation runs: nothing.
struct NothingElse {
    [[nodiscard]] Clock::time_point due() const { return Clock::time_point::max(); }
    [[nodiscard]] Result<void> look() const { return {}; }
};

/// Runs one asynchronous operation of `context` to its end, the limit, or the stop. `start` gets
/// the handler; `cancel` makes the operation end early. `other.look()` is asked whenever the
/// context stops or `other.due()` has come; its error ends the operation.
template <class Start, class Cancel, class Other = NothingElse>
Result<std::size_t> await(asio::io_context& context, const Limit& limit, const Start& start,
                          const Cancel& cancel, bool* waited = nullptr, Other other = {})
{
    std::optional<asio::error_code> outcome;
    std::size_t count = 0;
    const auto finish = [&](const asio::error_code& error, std::size_t bytes) {
        outcome = error;
        count = bytes;
        context.stop();
    };
    context.restart();
    start(finish);
    if (waited != nullptr) {
        context.poll();
        *waited = !outcome;
    }
    if (!outcome) {
        const std::stop_callback stopped(limit.stop, [&] { asio::post(context, cancel); });
        Result<void> looked;
        while (!outcome && looked && !limit.stop.stop_requested() &&
               Clock::now() < limit.deadline) {
            const auto until = std::min(limit.deadline, other.due());
            context.restart();
            if (until == Clock::time_point::max())
                context.run();
            else
                context.run_until(until);
            if (!outcome)
                looked = other.look();
        }
        if (!outcome) {
            cancel();
            while (!outcome) {
                context.restart();
                context.run();
            }
            if (!looked)
                return tl::unexpected(looked.error());
            if (!limit.stop.stop_requested())
                return fail(ErrorCode::Timeout, "no answer in time");
        }
    }
    if (limit.stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    if (!*outcome)
        return count;
    return failed(*outcome);
}

} // namespace millrace::runtime
