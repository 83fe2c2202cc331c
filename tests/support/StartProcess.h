// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Process.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace millrace::test
{

/// A child that runs this program, its output and errors appended to `log`. Throws
/// std::runtime_error when it cannot be run.
inline deploy::ProcessId startProcess(std::vector<std::string> arguments, const std::string& log)
{
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    std::vector<char*> words;
    for (std::string& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    ::pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, words.front(), &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        throw std::runtime_error("cannot run " + arguments.front());
    return deploy::processWith(pid).value_or(deploy::ProcessId{pid, 0});
}

} // namespace millrace::test
