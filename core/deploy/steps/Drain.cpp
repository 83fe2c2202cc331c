// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/Drain.h"

#include <chrono>
#include <thread>

namespace millrace::deploy
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswerLimit{1000};
constexpr std::chrono::seconds kDrainTime{5};
constexpr std::chrono::milliseconds kPoll{50};

} // namespace

void drainAndEnd(const Release& release, const std::stop_token& stop)
{
    const auto address = gatewayAddress(release);
    if (!address)
        return;
    auto client = runtime::StatusClient::connect(*address, kAnswerLimit, stop);
    if (!client || !client->drain(stop))
        return;
    const auto end = Clock::now() + kDrainTime;
    while (Clock::now() < end && !stop.stop_requested()) {
        const auto status = client->status(0, stop);
        if (!status || status->inFlight == 0)
            break;
        std::this_thread::sleep_for(kPoll);
    }
    static_cast<void>(client->shutdown(stop));
}

} // namespace millrace::deploy
