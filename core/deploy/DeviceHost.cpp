// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/DeviceHost.h"

#include "deploy/HelperScript.h"

namespace millrace::deploy
{
namespace
{

ErrorCode codeOf(int exitCode)
{
    switch (exitCode) {
    case kFilesFailed:
        return ErrorCode::Io;
    case kNoSpace:
        return ErrorCode::ResourceExhausted;
    case kHeldByAnother:
        return ErrorCode::Network;
    case kNotThere:
        return ErrorCode::NotFound;
    default:
        return ErrorCode::Internal;
    }
}

} // namespace

/// After these errors a connection may be of no more use.
template <class T>
Result<T> DeviceHost::kept(Result<T> result)
{
    if (!result &&
        (result.error().code == ErrorCode::Timeout || result.error().code == ErrorCode::Network ||
         result.error().code == ErrorCode::Cancelled))
        m_host.reset();
    return result;
}

Result<void> DeviceHost::connect(const std::stop_token& stop)
{
    if (m_host)
        return {};
    auto host = m_access.reach(m_device, stop);
    if (!host)
        return tl::unexpected(host.error());
    m_host = std::move(*host);
    return {};
}

Result<ssh::CommandResult> DeviceHost::run(const ssh::Command& command, const std::stop_token& stop)
{
    if (const auto ok = connect(stop); !ok)
        return tl::unexpected(ok.error());
    return kept(m_host->run(command, stop));
}

Result<std::string> DeviceHost::help(const std::string& action,
                                     const std::vector<std::string>& arguments,
                                     const std::stop_token& stop, std::string_view input,
                                     Seconds more)
{
    ssh::Command command{kHelper, {action, m_folder}, input, m_limits.script + more};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    auto result = run(command, stop);
    if (!result)
        return tl::unexpected(result.error());
    if (result->succeeded())
        return std::move(result->out);
    const auto* exit = std::get_if<ssh::ExitCode>(&result->end);
    std::string why = std::move(result->err);
    why.erase(why.find_last_not_of(" \n\r\t") + 1); // it goes into a sentence
    return fail(exit != nullptr ? codeOf(exit->value) : ErrorCode::Internal, "{}",
                why.empty() ? "the helper script ended early" : why);
}

Result<ssh::UploadEnd> DeviceHost::upload(ssh::Upload upload, ssh::TransferSink& sink,
                                          const std::stop_token& stop)
{
    if (const auto ok = connect(stop); !ok)
        return tl::unexpected(ok.error());
    upload.folder = m_folder + "/" + upload.folder;
    upload.stall = m_limits.stall;
    return kept(m_host->upload(upload, sink, stop));
}

} // namespace millrace::deploy
