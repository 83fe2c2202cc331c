// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace millrace
{

/// Writing into a pipe or socket that nobody reads is an error then, and no signal that ends the
/// process. Every program calls it first of all; Interrupt does so for those that have one.
void ignoreBrokenPipes();

/// Turns the first SIGINT or SIGTERM into a stop request; the second one ends the process at once.
/// To be made in main() before any other thread. Ignores broken pipes, too.
class Interrupt
{
public:
    Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt();
    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::thread m_waiter;
};

} // namespace millrace
