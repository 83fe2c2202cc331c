// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "deploy/Process.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace millrace;
using namespace millrace::deploy;

class TestProcess : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }
    void cleanup()
    {
        endProcesses(m_started, std::chrono::milliseconds(500));
        m_started.clear();
    }

    void knowsItself()
    {
        const ProcessId self = thisProcess();
        QCOMPARE(self.pid, std::int64_t{::getpid()});
        QVERIFY(self.startTicks > 0);
        QVERIFY(isAlive(self));
        QVERIFY(!isAlive({self.pid, self.startTicks + 1}));
        QVERIFY(!isAlive(ProcessId{}));
    }

    void endedButNotCollectedIsNotAlive()
    {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        QTRY_VERIFY(!processWith(child));
        QCOMPARE(::kill(child, 0), 0); // its number is still taken
        ::waitpid(child, nullptr, 0);
    }

    void startedOnesAreOnTheirOwn()
    {
        // As in millracectl, where signals are blocked for every thread.
        sigset_t blocked;
        sigset_t before;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
        qputenv("MILLRACE_SECRET", "do not pass on");
        const auto grep = startDetached({"/bin/grep", "^Sig", "/proc/self/status"}, logFile());
        const auto process = shell("env; ls -l /proc/$$/fd; echo oops >&2; exec sleep 100");
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        QVERIFY(grep && isAlive(process));
        QVERIFY(waitForEnd({&*grep, 1}, std::chrono::seconds(10)));
        QVERIFY(sessionOf(process) != ::getsid(0));
        QTRY_VERIFY(log().find("oops") != std::string::npos);
        QVERIFY2(log().find("SigBlk:\t0000000000000000") != std::string::npos, log().c_str());
        QVERIFY2(log().find("MILLRACE_SECRET") == std::string::npos, log().c_str());
        QVERIFY(log().find("PATH=") != std::string::npos);
        QVERIFY2(log().find("socket") == std::string::npos, log().c_str());
        struct stat status {
        };
        QCOMPARE(::stat(logFile().c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
        // Nobody's child: it is not ours to collect.
        QCOMPARE(::waitpid(static_cast<pid_t>(process.pid), nullptr, WNOHANG), -1);
    }

    void whatCannotRunSaysWhy()
    {
        const auto started = startDetached({file("none")}, logFile());
        QVERIFY(!started);
        QVERIFY(started.error().code == ErrorCode::Io);
        QVERIFY2(started.error().message.find("No such file") != std::string::npos,
                 started.error().message.c_str());
    }

    void endsThePatientAndTheStubborn_data()
    {
        QTest::addColumn<QString>("script");
        QTest::newRow("ends when asked") << QStringLiteral("echo up; exec sleep 100");
        QTest::newRow("ignores it")
            << QStringLiteral("trap '' TERM; echo up; while :; do sleep 1; done");
    }
    void endsThePatientAndTheStubborn()
    {
        QFETCH(QString, script);
        const ProcessId process = shell(script.toStdString());
        QTRY_VERIFY(log().find("up") != std::string::npos);
        QVERIFY(!waitForEnd({&process, 1}, std::chrono::milliseconds(50)));
        endProcesses({&process, 1}, std::chrono::milliseconds(200));
        QVERIFY(!isAlive(process));
    }

    void foundByWhatTheyAreTold()
    {
        const auto started = startDetached(
            {"/bin/sh", "-c", "sleep 100 & wait", file("deep/config.json")}, logFile());
        QVERIFY(started);
        m_started.push_back(*started);
        const auto found = processesNaming(file("deep"));
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY(found.front() == *started);
        QVERIFY(processesNaming(file("dee")).empty());
    }

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] std::string logFile() const { return file("log"); }
    [[nodiscard]] std::string log() const { return readFile(logFile()).value_or(""); }
    static pid_t sessionOf(const ProcessId& process)
    {
        return ::getsid(static_cast<pid_t>(process.pid));
    }
    ProcessId shell(const std::string& script)
    {
        const auto started = startDetached({"/bin/sh", "-c", script}, logFile());
        if (!started)
            qFatal("%s", started.error().message.c_str());
        m_started.push_back(*started);
        return *started;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<ProcessId> m_started;
};

QTEST_APPLESS_MAIN(TestProcess)
#include "tst_process.moc"
