// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/SshOptions.h"

#include <string.h> // explicit_bzero
#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace millrace::ctl
{
namespace
{

/// The terminal without echo, until this goes.
class Quiet
{
public:
    Quiet()
    {
        ::tcgetattr(STDIN_FILENO, &m_before);
        ::termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<::tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet()
    {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        std::fputc('\n', stderr);
    }

private:
    ::termios m_before{};
};

std::optional<ssh::Secret> ask(const std::string& question)
{
    if (::isatty(STDIN_FILENO) != 1)
        return std::nullopt;
    std::fprintf(stderr, "\r%s: ", printable(question).c_str());
    std::fflush(stderr);
    const Quiet quiet;
    std::array<char, 1024> line{};
    std::optional<ssh::Secret> secret;
    std::size_t length = 0;
    // Unbuffered: a secret must not stay in the standard library's buffers.
    while (length + 1 < line.size() && ::read(STDIN_FILENO, &line[length], 1) == 1 &&
           line[length] != '\n')
        ++length;
    if (length > 0)
        secret.emplace(std::string_view(line.data(), length));
    ::explicit_bzero(line.data(), line.size());
    return secret;
}

} // namespace

std::optional<ssh::Secret> ConsoleCredentials::passphrase(const std::filesystem::path& file,
                                                          int attempt)
{
    return attempt > 3 ? std::nullopt : ask("Passphrase of " + file.string());
}

std::optional<ssh::Secret> ConsoleCredentials::password(const std::string& account, int attempt)
{
    return attempt > 3 ? std::nullopt : ask("Password of " + account);
}

void addSshOptions(CLI::App& command, SshArguments& arguments)
{
    command
        .add_option("--accept-host-key", arguments.acceptedHostKeys,
                    "Fingerprint of a host key that is not known yet, as ssh-keygen -l shows it "
                    "on the device; repeatable")
        ->option_text("SHA256:...")
        ->allow_extra_args(false);
}

} // namespace millrace::ctl
