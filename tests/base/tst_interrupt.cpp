// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Interrupt.h"

#include <QTest>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace millrace
{
namespace
{

/// What a process that does this ends with, as the shell says it.
int endOf(const std::function<int()>& work)
{
    const ::pid_t child = ::fork();
    if (child == 0) {
        for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
            ::signal(signal, SIG_DFL); // not Qt Test's way of dying
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int writeToNobody()
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        return 2;
    ::close(ends[0]);
    return ::write(ends[1], "x", 1) < 0 && errno == EPIPE ? 0 : 1;
}

void waitFor(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
}

} // namespace

class TestInterrupt : public QObject
{
    Q_OBJECT
private slots:
    void aBrokenPipeEndsAProcess() { QCOMPARE(endOf(writeToNobody), 128 + SIGPIPE); }

    void unlessItIsIgnored()
    {
        QCOMPARE(endOf([] {
                     ignoreBrokenPipes();
                     return writeToNobody();
                 }),
                 0);
        QCOMPARE(endOf([] {
                     const Interrupt interrupt;
                     return writeToNobody();
                 }),
                 0);
    }

    void theFirstSignalStops_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void theFirstSignalStops()
    {
        QFETCH(int, signal);
        QCOMPARE(endOf([signal] {
                     const Interrupt interrupt;
                     if (interrupt.token().stop_requested())
                         return 1;
                     ::kill(::getpid(), signal);
                     waitFor(interrupt.token());
                     return interrupt.token().stop_requested() ? 0 : 2;
                 }),
                 0);
    }

    void theSecondEndsTheProcess()
    {
        QCOMPARE(endOf([] {
                     const Interrupt interrupt;
                     ::kill(::getpid(), SIGINT);
                     waitFor(interrupt.token());
                     ::kill(::getpid(), SIGTERM);
                     ::sleep(20);
                     return 0;
                 }),
                 128 + SIGTERM);
    }

    void itsEndWaitsForNoSignal()
    {
        QCOMPARE(endOf([] {
                     const Interrupt interrupt;
                     return 7;
                 }),
                 7);
    }
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestInterrupt)
#include "tst_interrupt.moc"
