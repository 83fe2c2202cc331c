// SPDX-License-Identifier: GPL-3.0-or-later
// What takes several steps and questions, driven without the main window.
#include "support/OnnxBuilder.h"
#include "ui/FakePrompts.h"
#include "ui/deploy/DeployPage.h"
#include "ui/watch/WatchPage.h"
#include "ui/workflows/FileActions.h"
#include "ui/workflows/MeasuredPlan.h"
#include "ui/workflows/ReleaseActions.h"
#include "ui/workflows/RemoteActions.h"

#include <QAction>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace millrace
{

using ui::Document;
using ui::MeasuredPlan;

namespace
{

constexpr int kSlow = 30000; // sanitizers on a busy machine

/// A document, answers to what is asked, and what was said; no window.
struct Desk {
    explicit Desk(const QString& settingsFile)
        : prompts(answers), settings(settingsFile, QSettings::IniFormat)
    {
        const auto hear = [this](const QString& message) { said << message; };
        QObject::connect(&document, &Document::done, &window, hear);
        QObject::connect(&document, &Document::failed, &window, hear);
    }
    [[nodiscard]] bool isIdle()
    {
        return !document.loadJob().isRunning() && !document.measureJob().isRunning() &&
               !document.exportJob().isRunning() && !document.snapshot().planning;
    }
    void open(const QString& model)
    {
        document.openModel(model.toStdString(), {});
        QTRY_VERIFY_WITH_TIMEOUT(isIdle() && document.snapshot().plan, kSlow);
        said.clear();
    }

    std::shared_ptr<test::Answers> answers = std::make_shared<test::Answers>();
    test::FakePrompts prompts;
    QSettings settings;
    QWidget window; // questions need a parent
    Document document;
    ui::LiveRelease live;
    QStringList said;
};

} // namespace

class TestWorkflows : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    std::unique_ptr<Desk> desk()
    {
        return std::make_unique<Desk>(
            m_folder.filePath(QStringLiteral("settings%1.ini").arg(++m_number)));
    }
    static std::unique_ptr<ui::FileActions> files(Desk& desk)
    {
        return std::make_unique<ui::FileActions>(
            desk.document, desk.prompts, desk.settings, [] { return Json::object(); },
            &desk.window);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("MILLRACE_STATE", file("state").toUtf8());
        test::writeThreeConvolutions(file("model.onnx").toStdString());
        test::writeThreeConvolutions(file("other.onnx").toStdString());
    }
    /// Every test measures anew.
    void init()
    {
        qputenv("MILLRACE_CACHE",
                m_folder.filePath(QStringLiteral("cache%1").arg(++m_number)).toUtf8());
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support|QStandardPaths)")));
    }

    void openingAsksAboutUnsavedWork_data()
    {
        QTest::addColumn<int>("answer");
        QTest::addColumn<bool>("opens");
        QTest::addColumn<bool>("saves");
        QTest::newRow("dismissed") << -1 << false << false;
        QTest::newRow("discard") << static_cast<int>(ui::UnsavedAnswer::Discard) << true << false;
        QTest::newRow("save") << static_cast<int>(ui::UnsavedAnswer::Save) << true << true;
    }
    void openingAsksAboutUnsavedWork()
    {
        QFETCH(int, answer);
        QFETCH(bool, opens);
        QFETCH(bool, saves);
        const auto at = desk();
        const auto actions = files(*at);
        at->open(file("model.onnx"));
        at->document.setStages({1, 1});
        const QString project = file("asked.millrace");
        QFile::remove(project);
        if (answer >= 0)
            at->answers->unsaved = static_cast<ui::UnsavedAnswer>(answer);
        at->answers->file = project;
        actions->openPath(file("other.onnx"));
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
        QCOMPARE(at->answers->asked.value(0), QStringLiteral("unsaved"));
        QCOMPARE(at->document.model()->path().filename().string(),
                 std::string(opens ? "other.onnx" : "model.onnx"));
        QCOMPARE(QFile::exists(project), saves);
        QCOMPARE(actions->recent().contains(file("other.onnx")), opens);
    }

    void eachKindOfJobGoesOnBesideTheOthers()
    {
        const auto at = desk();
        at->open(file("model.onnx"));
        QSignalSpy exporting(&at->document.exportJob(), &ui::JobRunner::started);
        at->document.measure();
        at->document.exportStages(file("stages").toStdString());
        QVERIFY(at->document.measureJob().isRunning() && at->document.exportJob().isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
        QCOMPARE(exporting.size(), 1);
        at->said.sort();
        QVERIFY2(at->said.size() == 2, qPrintable(at->said.join(QLatin1Char(' '))));
        QCOMPARE(at->said[0], QStringLiteral("The layer times were measured on this computer."));
        QVERIFY2(at->said[1].startsWith(QStringLiteral("Wrote ")), qPrintable(at->said[1]));
        QVERIFY(QFile::exists(file("stages/manifest.json")));
    }

    void whatGivesWaySaysSo()
    {
        const auto at = desk();
        at->open(file("model.onnx"));
        at->document.measure();
        at->document.openModel(file("model.onnx").toStdString(), {});
        at->document.openModel(file("other.onnx").toStdString(), {{"none", 1}});
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
        const QString said = at->said.join(QLatin1Char('\n'));
        QVERIFY2(said.contains(QStringLiteral("Opening model.onnx was given up")),
                 qPrintable(said));
    }

    void measuredPlanIsWaitedFor()
    {
        const auto at = desk();
        at->open(file("model.onnx"));
        MeasuredPlan wait(at->document);
        QVERIFY(!wait.isThere());
        QList<MeasuredPlan::Phase> phases;
        connect(&wait, &MeasuredPlan::phaseChanged, this, [&] { phases << wait.phase(); });
        QSignalSpy ready(&wait, &MeasuredPlan::ready);
        wait.await();
        QVERIFY(wait.isWaiting());
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kSlow);
        using Phase = MeasuredPlan::Phase;
        QCOMPARE(phases, (QList<Phase>{Phase::Measuring, Phase::Planning, Phase::None}));
        QVERIFY(wait.isThere());
        QVERIFY(at->document.snapshot().plan->record.times == plan::TimesSource::Measured);
    }

    void waitEnds_data()
    {
        QTest::addColumn<QString>("by");
        for (const char* by : {"cancel", "edit", "open", "measure"})
            QTest::addRow("%s", by) << QString::fromLatin1(by);
    }
    void waitEnds()
    {
        QFETCH(QString, by);
        const auto at = desk();
        at->open(file("model.onnx"));
        MeasuredPlan wait(at->document);
        std::optional<MeasuredPlan::Why> why;
        connect(&wait, &MeasuredPlan::abandoned, this,
                [&why](MeasuredPlan::Why told) { why = told; });
        QSignalSpy ready(&wait, &MeasuredPlan::ready);
        wait.await();
        if (by == QLatin1String("cancel"))
            wait.cancel();
        else if (by == QLatin1String("edit"))
            at->document.setStages({1, 1});
        else if (by == QLatin1String("open"))
            at->document.openModel(file("other.onnx").toStdString(), {});
        else
            at->document.measure();
        QVERIFY(!wait.isWaiting());
        QVERIFY(why == (by == QLatin1String("cancel") ? MeasuredPlan::Why::Cancelled
                                                      : MeasuredPlan::Why::Superseded));
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
        QCOMPARE(ready.size(), 0);
    }

    void deployingHereSaysWhyItEnds_data()
    {
        QTest::addColumn<bool>("isCancelled");
        QTest::addColumn<QString>("told");
        QTest::newRow("cancelled")
            << true << "Deploying was cancelled before anything was started.";
        QTest::newRow("superseded") << false
                                    << "Deploying was cancelled, because something else was asked "
                                       "for before the plan was ready.";
    }
    void deployingHereSaysWhyItEnds()
    {
        QFETCH(bool, isCancelled);
        QFETCH(QString, told);
        const auto at = desk();
        ui::ReleaseActions releases(
            at->document, at->live, at->prompts, [](const auto& then) { then(); }, &at->window);
        ui::WatchPage page(at->live, releases.actions());
        releases.setPage(&page);
        QVERIFY(!releases.actions().deploy->isEnabled()); // there is no plan
        at->open(file("model.onnx"));
        QVERIFY(releases.actions().deploy->isEnabled());
        QSignalSpy watch(&releases, &ui::ReleaseActions::watchRequested);
        QSignalSpy done(&releases, &ui::ReleaseActions::done);
        releases.actions().deploy->trigger();
        QCOMPARE(watch.size(), 1);
        QVERIFY(!releases.actions().deploy->isEnabled());
        QVERIFY(releases.actions().cancel->isEnabled());
        if (isCancelled)
            releases.actions().cancel->trigger();
        else
            at->document.setStages({1, 1});
        QCOMPARE(done.size(), 1);
        QVERIFY2(done[0][0].toString().startsWith(told), qPrintable(done[0][0].toString()));
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
        QVERIFY(releases.actions().deploy->isEnabled());
        QVERIFY(!at->live.release());
    }

    /// The check list asks for the address of a device, which is an edit like any other.
    void devicesGetTheirAddresses()
    {
        const auto at = desk();
        QAction cancel;
        ui::RemoteActions remote(at->document, at->live, at->prompts, &cancel, &at->window);
        ui::DeployPage page(remote.actions());
        remote.setPage(&page);
        at->open(file("model.onnx"));
        QVERIFY(!remote.actions().deploy->isEnabled());
        const auto& snapshot = at->document.snapshot();
        const std::string device =
            snapshot.cluster->devices[snapshot.plan->pipelines[0].stages[0].device.index()].name;
        at->answers->name = QStringLiteral(" 192.0.2.7 ");
        ui::DeployCheck check;
        check.device = device;
        check.remedy = ui::CheckRemedy::SetAddress;
        emit page.remedyRequested(check);
        const auto address = [&] {
            const cluster::Cluster& cluster = *at->document.snapshot().cluster;
            return cluster.devices[cluster.find(device)->index()].address;
        };
        QCOMPARE(address().value_or(std::string()), std::string("192.0.2.7"));
        at->document.undoStack().undo();
        QVERIFY(!address());
        QTRY_VERIFY_WITH_TIMEOUT(at->isIdle(), kSlow);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestWorkflows)
#include "tst_workflows.moc"
