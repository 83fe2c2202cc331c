// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Connection.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

namespace millrace::ssh
{
namespace
{

constexpr int kAttempts = 3;

enum class Step { LoggedIn, Next };

class LogIn
{
public:
    LogIn(ssh_session session, const HostConfig& config, Credentials& credentials,
          Watchdog& watchdog)
        : m_session(session), m_config(config), m_credentials(credentials), m_watchdog(watchdog)
    {
    }
    Result<void> run();

private:
    Result<Step> agent();
    Result<Step> keyFile(const std::filesystem::path& file);
    Result<KeyHandle> privateKey(const std::filesystem::path& file);
    Result<Step> password();
    Result<Step> questions();
    std::optional<Secret> askPassword(int attempt);
    /// Adds to what the last error will list.
    void tried(std::string what) { m_tried += (m_tried.empty() ? "" : ", ") + std::move(what); }
    Result<Step> lost() const
    {
        return fail(ErrorCode::Network, "log-in: {}", ssh_get_error(m_session));
    }

    ssh_session m_session;
    const HostConfig& m_config;
    Credentials& m_credentials;
    Watchdog& m_watchdog;
    std::string m_tried;
};

/// The agent's socket is opened here, so that the watchdog can end a wait for it.
Result<Step> LogIn::agent()
{
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& path = m_config.agentSocket;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return Step::Next;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* generic = reinterpret_cast<const ::sockaddr*>(&address);
    if (::connect(socket.get(), generic, sizeof address) != 0) {
        tried("agent (not running)");
        return Step::Next;
    }
    m_watchdog.alsoWatch(socket.get());
    if (ssh_set_agent_socket(m_session, socket.get()) != SSH_OK)
        return Step::Next;
    static_cast<void>(socket.release()); // libssh's now
    const int rc = ssh_userauth_agent(m_session, nullptr);
    if (rc == SSH_AUTH_SUCCESS)
        return Step::LoggedIn;
    tried("the agent's keys");
    return ssh_is_connected(m_session) != 0 ? Result<Step>(Step::Next) : lost();
}

Result<KeyHandle> LogIn::privateKey(const std::filesystem::path& file)
{
    ssh_key raw = nullptr;
    if (ssh_pki_import_privkey_file(file.c_str(), "", nullptr, nullptr, &raw) == SSH_OK)
        return KeyHandle(raw);
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        m_watchdog.pause();
        const auto passphrase = m_credentials.passphrase(file, attempt);
        m_watchdog.resume();
        if (!passphrase)
            return fail(ErrorCode::AuthFailed, "{} (needs its passphrase)", file.string());
        if (ssh_pki_import_privkey_file(file.c_str(), passphrase->c_str(), nullptr, nullptr,
                                        &raw) == SSH_OK)
            return KeyHandle(raw);
    }
    return fail(ErrorCode::AuthFailed, "{} (wrong passphrase)", file.string());
}

Result<Step> LogIn::keyFile(const std::filesystem::path& file)
{
    struct ::stat status {
    };
    if (::stat(file.c_str(), &status) != 0)
        return Step::Next;
    if (status.st_uid == ::getuid() && (status.st_mode & 077) != 0) {
        tried(fmt::format("{} (others can read it: chmod 600)", file.string()));
        return Step::Next;
    }
    // The public half first: a passphrase is only asked for when the key will help.
    ssh_key raw = nullptr;
    const std::string beside = file.string() + ".pub";
    if (ssh_pki_import_pubkey_file(beside.c_str(), &raw) != SSH_OK)
        ssh_pki_import_pubkey_file(file.c_str(), &raw);
    const KeyHandle publicKey(raw);
    if (publicKey) {
        const int offered = ssh_userauth_try_publickey(m_session, nullptr, publicKey.get());
        if (offered == SSH_AUTH_ERROR)
            return lost();
        if (offered != SSH_AUTH_SUCCESS) {
            tried(fmt::format("{} (not accepted)", file.string()));
            return Step::Next;
        }
    }
    const auto key = privateKey(file);
    if (!key) {
        tried(key.error().message);
        return Step::Next;
    }
    const int rc = ssh_userauth_publickey(m_session, nullptr, key->get());
    if (rc == SSH_AUTH_SUCCESS)
        return Step::LoggedIn;
    if (rc == SSH_AUTH_ERROR)
        return lost();
    tried(fmt::format("{} (not accepted)", file.string()));
    return Step::Next;
}

std::optional<Secret> LogIn::askPassword(int attempt)
{
    m_watchdog.pause();
    auto secret = m_credentials.password(m_config.user + "@" + m_config.alias, attempt);
    m_watchdog.resume();
    return secret;
}

Result<Step> LogIn::password()
{
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        const auto secret = askPassword(attempt);
        if (!secret)
            break;
        const int rc = ssh_userauth_password(m_session, nullptr, secret->c_str());
        if (rc == SSH_AUTH_SUCCESS)
            return Step::LoggedIn;
        if (rc == SSH_AUTH_ERROR)
            return lost();
        if (attempt == 1)
            tried("password (wrong)");
    }
    return Step::Next;
}

/// Servers that ask for the password through keyboard-interactive only; one hidden prompt.
Result<Step> LogIn::questions()
{
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        int rc = ssh_userauth_kbdint(m_session, nullptr, nullptr);
        bool asked = false;
        while (rc == SSH_AUTH_INFO) {
            const int prompts = ssh_userauth_kbdint_getnprompts(m_session);
            if (prompts > 1 || (prompts == 1 && asked))
                return Step::Next;
            if (prompts == 1) {
                const auto secret = askPassword(attempt);
                if (!secret)
                    return Step::Next;
                ssh_userauth_kbdint_setanswer(m_session, 0, secret->c_str());
                asked = true;
            }
            rc = ssh_userauth_kbdint(m_session, nullptr, nullptr);
        }
        if (rc == SSH_AUTH_SUCCESS)
            return Step::LoggedIn;
        if (rc == SSH_AUTH_ERROR)
            return lost();
        if (!asked)
            return Step::Next;
        if (attempt == 1)
            tried("password (wrong)");
    }
    return Step::Next;
}

Result<void> LogIn::run()
{
    const int none = ssh_userauth_none(m_session, nullptr);
    if (none == SSH_AUTH_SUCCESS)
        return {};
    if (none == SSH_AUTH_ERROR)
        return tl::unexpected(lost().error());
    const int methods = ssh_userauth_list(m_session, nullptr);
    const auto takes = [methods](unsigned int method) {
        return (static_cast<unsigned int>(methods) & method) != 0;
    };
    std::vector<std::function<Result<Step>()>> steps;
    if (takes(SSH_AUTH_METHOD_PUBLICKEY) && m_config.publicKeys) {
        steps.emplace_back([this] { return agent(); });
        for (const auto& file : m_config.identityFiles)
            steps.emplace_back([this, &file] { return keyFile(file); });
    }
    if (takes(SSH_AUTH_METHOD_PASSWORD) && m_config.passwords)
        steps.emplace_back([this] { return password(); });
    else if (takes(SSH_AUTH_METHOD_INTERACTIVE) && m_config.questions)
        steps.emplace_back([this] { return questions(); });
    for (const auto& step : steps) {
        const auto done = step();
        if (!done)
            return inContext(m_tried.empty() ? "log-in" : "tried " + m_tried, done.error());
        if (*done == Step::LoggedIn)
            return {};
    }
    return fail(ErrorCode::AuthFailed,
                "the host lets {} in with none of: {}. Add your public key to its "
                "~/.ssh/authorized_keys, or name the right key",
                m_config.user, m_tried.empty() ? "(there was no key to try)" : m_tried);
}

} // namespace

Result<void> authenticate(ssh_session session, const HostConfig& config, Credentials& credentials,
                          Watchdog& watchdog)
{
    return LogIn(session, config, credentials, watchdog).run();
}

} // namespace millrace::ssh
