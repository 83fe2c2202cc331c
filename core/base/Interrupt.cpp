// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace millrace
{
namespace
{

/// Only used inside the process, to end the waiting thread.
constexpr int kDone = SIGUSR1;

sigset_t watched()
{
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, kDone})
        sigaddset(&signals, signal);
    return signals;
}

} // namespace

void ignoreBrokenPipes()
{
    ::signal(SIGPIPE, SIG_IGN);
}

Interrupt::Interrupt()
{
    ignoreBrokenPipes();
    const sigset_t signals = watched();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr); // every later thread inherits it
    m_waiter = std::thread([this, signals] {
        for (int received = 0; sigwait(&signals, &received) == 0 && received != kDone;)
            if (!m_stop.request_stop())
                ::_exit(128 + received);
    });
}

Interrupt::~Interrupt()
{
    pthread_kill(m_waiter.native_handle(), kDone);
    m_waiter.join();
}

} // namespace millrace
