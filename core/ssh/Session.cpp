// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Session.h"

#include "ssh/Exec.h"
#include "ssh/Transfer.h"

namespace millrace::ssh
{
namespace
{

/// Timeouts are said with their limit, not only "in time".
template <class T>
Result<T> withLimit(Result<T> result, Seconds limit)
{
    if (!result && result.error().code == ErrorCode::Timeout)
        result.error().message += fmt::format(" (limit {})", formatDuration(limit));
    return result;
}

class SshHost final : public RemoteHost
{
public:
    explicit SshHost(std::unique_ptr<Connection> connection) : m_connection(std::move(connection))
    {
    }
    [[nodiscard]] const std::string& name() const override { return m_connection->name(); }
    [[nodiscard]] Result<CommandResult> run(const Command& command, std::stop_token stop) override
    {
        return withLimit(runWithin(command, StopSignal(stop)), command.limit);
    }
    [[nodiscard]] Result<UploadEnd> upload(const Upload& upload, TransferSink& sink,
                                           std::stop_token stop) override
    {
        return transfer(*m_connection, upload, sink, stop);
    }

private:
    Result<CommandResult> runWithin(const Command& command, const StopSignal& stop);

    std::unique_ptr<Connection> m_connection;
};

Result<CommandResult> SshHost::runWithin(const Command& command, const StopSignal& stop)
{
    const auto deadline = deadlineIn(command.limit);
    auto exec = Exec::start(*m_connection, command.script, command.arguments, command.outputLimit,
                            deadline, stop);
    if (!exec)
        return tl::unexpected(exec.error());
    std::string_view rest = command.input;
    while (!rest.empty() && !(*exec)->ended()) {
        const auto taken = (*exec)->exchange(rest);
        if (!taken)
            return tl::unexpected(taken.error());
        rest.remove_prefix(*taken);
        if (*taken == 0)
            if (auto waited = (*exec)->wait(deadline, stop); !waited)
                return tl::unexpected(waited.error());
    }
    if (auto done = (*exec)->endInput(); !done)
        return tl::unexpected(done.error());
    if (auto done = (*exec)->finish(deadline, stop); !done)
        return tl::unexpected(done.error());
    return CommandResult{(*exec)->end(), std::move((*exec)->out()), std::move((*exec)->err())};
}

} // namespace

Result<std::unique_ptr<RemoteHost>> connect(const Target& target, const UserFiles& files,
                                            Credentials& credentials, HostKeyDecision& decision,
                                            const ConnectLimits& limits, std::stop_token stop)
{
    auto connection = open(target, {}, {files, credentials, decision, limits, std::move(stop)}, 0);
    if (!connection)
        return tl::unexpected(connection.error());
    return std::make_unique<SshHost>(*std::move(connection));
}

} // namespace millrace::ssh
