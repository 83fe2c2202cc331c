// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "deploy/Process.h"
#include "support/ShowString.h"
#include "support/StartProcess.h"

#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
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
        const ProcessId started = test::startProcess(
            {"/bin/sh", "-c", "sleep 100 & wait", file("deep/config.json")}, logFile());
        m_started.push_back(started);
        // It is there a moment before what it was told is.
        QTRY_COMPARE(processesNaming(file("deep")).size(), std::size_t{1});
        const auto found = processesNaming(file("deep"));
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY(found.front() == started);
        QVERIFY(processesNaming(file("dee")).empty());
    }

    /// A watcher and what it watches over are one.
    void watchedOnesAreNotCountedTwice()
    {
        const std::string both = "echo up; /bin/sh -c 'sleep 100; :' sh \"$0\" & wait";
        const ProcessId watcher =
            test::startProcess({"/bin/sh", "-c", both, file("deep/config.json")}, logFile());
        m_started.push_back(watcher);
        QTRY_VERIFY(log().find("up") != std::string::npos);
        const auto found = processesNaming(file("deep"));
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY(found.front() == watcher);
    }

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] std::string logFile() const { return file("log"); }
    [[nodiscard]] std::string log() const { return readFile(logFile()).value_or(""); }
    ProcessId shell(const std::string& script)
    {
        m_started.push_back(test::startProcess({"/bin/sh", "-c", script}, logFile()));
        return m_started.back();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<ProcessId> m_started;
};

QTEST_APPLESS_MAIN(TestProcess)
#include "tst_process.moc"
