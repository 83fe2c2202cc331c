// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Command.h"
#include "ctl/report/StatusReport.h"
#include "deploy/ReleaseIndex.h"
#include "runtime/GatewayClient.h"

namespace millrace::ctl
{
namespace
{

constexpr std::chrono::milliseconds kLimit{2000};
constexpr std::uint64_t kAllEvents = 0;

KnownRelease ask(deploy::Release release, const std::stop_token& stop)
{
    KnownRelease known;
    known.release = std::move(release);
    const auto address = deploy::gatewayAddress(known.release);
    auto status = address ? runtime::StatusClient::connect(*address, kLimit, stop)
                                .and_then([&](runtime::StatusClient client) {
                                    return client.status(kAllEvents, stop);
                                })
                          : tl::unexpected(address.error());
    if (status)
        known.live = std::move(*status);
    else
        known.unreachable = status.error().message;
    known.state = work::releaseState(known.release, known.live);
    return known;
}

Result<Report> status(const std::string& id, const Context& context)
{
    auto release = deploy::findRelease(id);
    if (!release)
        return tl::unexpected(release.error());
    KnownRelease known = ask(std::move(*release), context.stop);
    for (const deploy::ReleaseHeader& other : deploy::releaseHeaders())
        if (other.id != known.release.id)
            known.others.push_back(other.id);
    return statusReport(known);
}

} // namespace

void addStatus(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand("status", "Say how a release is, stage by stage");
    const auto id = std::make_shared<std::string>();
    command->add_option("RELEASE", *id, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    command->callback([id, &chosen] {
        chosen.action = [id](const Context& context) { return status(*id, context); };
    });
}

} // namespace millrace::ctl
