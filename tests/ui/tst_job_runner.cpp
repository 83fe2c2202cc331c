// SPDX-License-Identifier: GPL-3.0-or-later
// One job at a time: what it returns, throws, and what becomes of one that gives way.
#include "ui/jobs/JobRunner.h"

#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <stdexcept>

namespace millrace
{

using ui::JobRunner;

class TestJobRunner : public QObject
{
    Q_OBJECT
private slots:
    void whatAJobThrowsBecomesItsError()
    {
        JobRunner runner;
        std::optional<Result<int>> outcome;
        runner.start<Result<int>>(
            [](const std::stop_token&, ProgressSink&) -> Result<int> {
                throw std::runtime_error("the disk is on fire");
            },
            [&outcome](Result<int> result) { outcome = std::move(result); });
        QTRY_VERIFY(outcome.has_value());
        QVERIFY(!outcome->has_value());
        QVERIFY(QString::fromStdString(outcome->error().message)
                    .contains(QStringLiteral("the disk is on fire")));
        QVERIFY(!runner.isRunning());
    }

    void whatAJobWithoutErrorsThrowsIsReported()
    {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("the disk is on fire")));
        JobRunner runner;
        runner.start<int>(
            [](const std::stop_token&, ProgressSink&) -> int {
                throw std::runtime_error("the disk is on fire");
            },
            [](int) { QFAIL("a job that threw has no result"); });
        QTRY_VERIFY(!runner.isRunning());
    }

    void cancellingCountsUntilTheResultIsDelivered()
    {
        JobRunner runner;
        std::atomic<bool> isThrough = false;
        std::optional<bool> wasCancelled;
        runner.start<int>(
            [&isThrough](const std::stop_token&, ProgressSink&) {
                isThrough = true;
                return 1;
            },
            [&](int) { wasCancelled = runner.isCancelled(); });
        while (!isThrough)
            std::this_thread::yield();
        runner.cancel(); // what the job returns waits in the event queue
        QTRY_VERIFY(wasCancelled.has_value());
        QVERIFY(*wasCancelled);
        wasCancelled.reset();
        runner.start<int>([](const std::stop_token&, ProgressSink&) { return 1; },
                          [&](int) { wasCancelled = runner.isCancelled(); });
        QTRY_VERIFY(wasCancelled.has_value());
        QVERIFY(!*wasCancelled);
    }

    void jobThatGivesWayIsTold()
    {
        JobRunner runner;
        QStringList said;
        const auto work = [](const std::stop_token& stop, ProgressSink&) -> Result<int> {
            while (!stop.stop_requested())
                std::this_thread::yield();
            return 1;
        };
        runner.start<Result<int>>(
            work, [&said](const Result<int>&) { said << QStringLiteral("first finished"); },
            [&said] { said << QStringLiteral("first superseded"); });
        runner.start<Result<int>>(
            work, [&said](const Result<int>&) { said << QStringLiteral("second finished"); },
            [&said] { said << QStringLiteral("second superseded"); });
        runner.cancel();
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(said, QStringList({QStringLiteral("first superseded"),
                                    QStringLiteral("second finished")}));
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestJobRunner)
#include "tst_job_runner.moc"
