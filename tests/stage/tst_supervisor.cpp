// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stage/Supervisor.h"

#include <QTest>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

namespace millrace::stage
{
namespace
{

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// What the supervising process and the test both see.
struct Shared {
    std::atomic<int> spawns = 0;
    std::array<std::atomic<::pid_t>, 64> runners{};
    std::array<std::atomic<Clock::rep>, 64> at{};

    [[nodiscard]] Clock::duration between(std::size_t earlier, std::size_t later) const
    {
        return Clock::duration(at[later] - at[earlier]);
    }
};

/// How the n-th run begins: < 0 means that there is no process; else what the child does.
using Runs = std::function<::pid_t(int n)>;

::pid_t noProcess()
{
    errno = EAGAIN;
    return -1;
}

::pid_t exits(int code)
{
    const ::pid_t child = ::fork();
    if (child == 0)
        ::_exit(code);
    return child;
}

/// Until a signal ends it, or the supervisor has ended.
::pid_t stays()
{
    const ::pid_t parent = ::getpid();
    const ::pid_t child = ::fork();
    if (child != 0)
        return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) // it ended before it could be followed
        ::_exit(0);
    ::signal(SIGTERM, SIG_DFL); // not Qt Test's way of dying
    ::sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (;;)
        ::pause();
}

/// A supervisor in a process of its own, as it is meant to be.
class Supervised
{
public:
    explicit Supervised(const Runs& runs)
    {
        void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        m_shared = new (memory) Shared;
        m_process = ::fork();
        if (m_process != 0)
            return;
        const auto spawn = [this, &runs] {
            const auto n = static_cast<std::size_t>(m_shared->spawns.load());
            m_shared->at[n] = Clock::now().time_since_epoch().count();
            m_shared->runners[n] = runs(static_cast<int>(n));
            ++m_shared->spawns;
            return m_shared->runners[n].load();
        };
        ::_exit(Supervisor(spawn, [](const std::string&) {}).run());
    }
    Supervised(const Supervised&) = delete;
    Supervised& operator=(const Supervised&) = delete;
    ~Supervised()
    {
        if (!m_hasEnded) {
            ::kill(m_process, SIGKILL);
            static_cast<void>(exitCode());
        }
        ::munmap(m_shared, sizeof(Shared));
    }

    [[nodiscard]] const Shared& shared() const { return *m_shared; }
    [[nodiscard]] ::pid_t process() const { return m_process; }
    /// The number of the n-th run's process, once it runs; 0 after 5 s.
    [[nodiscard]] ::pid_t runner(int n) const
    {
        for (const auto end = Clock::now() + 5s; Clock::now() < end;
             std::this_thread::sleep_for(5ms))
            if (m_shared->spawns > n)
                return m_shared->runners[static_cast<std::size_t>(n)];
        return 0;
    }
    /// Waits for its end; -1: a signal ended it.
    int exitCode()
    {
        int status = 0;
        ::waitpid(m_process, &status, 0);
        m_hasEnded = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    Shared* m_shared = nullptr;
    ::pid_t m_process = 0;
    bool m_hasEnded = false;
};

} // namespace

class TestSupervisor : public QObject
{
    Q_OBJECT
private slots:
    void aRunnerThatEndsWellIsNotStartedAgain()
    {
        Supervised supervised([](int) { return exits(0); });
        QCOMPARE(supervised.exitCode(), 0);
        QCOMPARE(supervised.shared().spawns.load(), 1);
    }

    void withoutAProcessItIsTriedAgain()
    {
        Supervised supervised([](int n) { return n < 2 ? noProcess() : exits(0); });
        QCOMPARE(supervised.exitCode(), 0);
        QCOMPARE(supervised.shared().spawns.load(), 3);
        QVERIFY(supervised.shared().between(0, 1) >= 200ms);
        QVERIFY(supervised.shared().between(1, 2) >= 400ms);
    }

    void aCrashWithNoProcessLeftIsNoSuccess()
    {
        Supervised supervised([](int n) { return n == 1 ? noProcess() : stays(); });
        QVERIFY(supervised.runner(0) > 0);
        ::kill(supervised.runner(0), SIGKILL);
        QVERIFY(supervised.runner(2) > 0); // the second try had none
    }

    void aFailedStartIsNotRepeated()
    {
        Supervised supervised([](int) { return exits(5); });
        QCOMPARE(supervised.exitCode(), 5);
        QCOMPARE(supervised.shared().spawns.load(), 1);
    }

    void theFirstStartIsTheFirstProcess()
    {
        Supervised supervised([](int n) { return n == 0 ? noProcess() : exits(5); });
        QCOMPARE(supervised.exitCode(), 5);
        QCOMPARE(supervised.shared().spawns.load(), 2);
    }

    void onlyTheFirstStartIsATrial()
    {
        Supervised supervised([](int n) { return n == 0 ? stays() : exits(n < 3 ? 5 : 0); });
        ::kill(supervised.runner(0), SIGKILL);
        QCOMPARE(supervised.exitCode(), 0);
        QCOMPARE(supervised.shared().spawns.load(), 4);
    }

    void aKilledRunnerIsBackSoon()
    {
        Supervised supervised([](int) { return stays(); });
        const ::pid_t first = supervised.runner(0);
        QVERIFY(first > 0);
        const auto killed = Clock::now();
        ::kill(first, SIGKILL);
        QVERIFY(supervised.runner(1) > 0);
        QVERIFY(Clock::now() - killed < 2s);
    }

    void crashAfterCrashIsWaitedForLonger()
    {
        Supervised supervised([](int) {
            const ::pid_t child = ::fork();
            if (child == 0)
                ::kill(::getpid(), SIGKILL);
            return child;
        });
        QVERIFY(supervised.runner(3) > 0);
        QVERIFY(supervised.shared().between(0, 1) >= 200ms);
        QVERIFY(supervised.shared().between(1, 2) >= 400ms);
        QVERIFY(supervised.shared().between(2, 3) >= 800ms);
    }

    void toldToEndItEndsBoth()
    {
        Supervised supervised([](int) { return stays(); });
        const ::pid_t runner = supervised.runner(0);
        ::kill(supervised.process(), SIGTERM);
        QCOMPARE(supervised.exitCode(), 0);
        QVERIFY(::kill(runner, 0) != 0); // it was waited for, so that nothing is left of it
    }

    void toldToEndItWaitsForNoProcess()
    {
        Supervised supervised([](int) { return noProcess(); });
        QVERIFY(supervised.runner(1) < 0);
        ::kill(supervised.process(), SIGTERM);
        QCOMPARE(supervised.exitCode(), 0);
    }

    void aProgramThatCannotRunIsAFailedStart()
    {
        std::string name = "/no/such/program";
        std::array<char*, 2> argv{name.data(), nullptr};
        Supervised supervised([&argv](int) { return spawnProgram(argv.data()); });
        QCOMPARE(supervised.exitCode(), 127);
    }
};

} // namespace millrace::stage

QTEST_GUILESS_MAIN(millrace::stage::TestSupervisor)
#include "tst_supervisor.moc"
