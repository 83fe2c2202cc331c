// SPDX-License-Identifier: GPL-3.0-or-later
// What the Deploy mode shows, as values, and how its questions are asked; no device is reached.
#include "deploy/SmallRelease.h"
#include "ui/dialogs/DialogPrompts.h"
#include "ui/models/DeployChecks.h"
#include "ui/models/ReleaseTableModel.h"
#include "ui/models/StepTableModel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

#include <atomic>
#include <thread>

namespace millrace
{

using deploy::StepState;
using ui::CheckRemedy;
using ui::CheckState;

class TestDeployChecks : public QObject
{
    Q_OBJECT

    ui::Questions m_questions;

    static ui::Snapshot snapshotOf(const deploy::Release& release)
    {
        ui::Snapshot snapshot;
        snapshot.cluster = std::make_shared<cluster::Cluster>(release.cluster);
        snapshot.problem = std::make_shared<plan::Problem>(release.problem);
        snapshot.plan = std::make_shared<plan::Plan>(release.plan);
        snapshot.times = std::make_shared<plan::LayerTimes>();
        return snapshot;
    }
    static deploy::Release addressed()
    {
        deploy::Release release = test::smallRelease("/nowhere");
        for (const auto& [at, stage] : release.plan.stages())
            release.cluster.devices[stage.device.index()].address = "10.0.0.1";
        return release;
    }
    template <class T>
    static T* shown(const char* name)
    {
        for (QWidget* widget : QApplication::topLevelWidgets())
            if (auto* found = qobject_cast<T*>(widget);
                found != nullptr && widget->objectName() == QLatin1String(name) &&
                widget->isVisible())
                return found;
        return nullptr;
    }

private slots:
    void withoutAModelThereIsOneThingToDo()
    {
        const ui::DeviceTester devices(m_questions);
        const auto checks = ui::deployChecks({}, {}, devices);
        QCOMPARE(checks.size(), std::size_t{1});
        QVERIFY(checks[0].remedy == CheckRemedy::OpenModel);
        QVERIFY(!ui::mayDeploy(checks));
    }

    void aStageNeedsAnAddressAndTheGatewayDoesNot()
    {
        const deploy::Release release = test::smallRelease("/nowhere");
        const ui::DeviceTester devices(m_questions);
        const auto checks = ui::deployChecks(snapshotOf(release), QStringLiteral("m"), devices);
        const std::size_t stages = release.plan.stageCount();
        QCOMPARE(checks.size(), 3 + stages + 1);
        for (std::size_t k = 0; k < stages; ++k) {
            QVERIFY(checks[3 + k].state == CheckState::Bad);
            QVERIFY(checks[3 + k].remedy == CheckRemedy::SetAddress);
            QCOMPARE(checks[3 + k].device, release.nodes[k].device);
        }
        QVERIFY(checks.back().state == CheckState::Untested);
        QVERIFY(!ui::mayDeploy(checks));
    }

    void untestedDevicesMayBeDeployedTo()
    {
        const ui::DeviceTester devices(m_questions);
        const auto checks = ui::deployChecks(snapshotOf(addressed()), QStringLiteral("m"), devices);
        QVERIFY(ui::mayDeploy(checks));
        int buttons = 0;
        for (const ui::DeployCheck& check : checks)
            buttons += check.remedy == CheckRemedy::TestDevices ? 1 : 0;
        QCOMPARE(buttons, 1); // one tests them all
    }

    void aPlanThatIsSearchedIsWaitedFor()
    {
        const ui::DeviceTester devices(m_questions);
        ui::Snapshot snapshot = snapshotOf(addressed());
        snapshot.planning = true;
        const auto checks = ui::deployChecks(snapshot, QStringLiteral("m"), devices);
        QVERIFY(checks[1].state == CheckState::Running);
        QVERIFY(!ui::mayDeploy(checks));
    }

    void deploymentsTestAndEditsForget()
    {
        ui::DeviceTester devices(m_questions);
        deploy::Release release = addressed();
        devices.setPlan(release.cluster, release.plan);
        const std::string first = release.nodes[0].device, second = release.nodes[1].device;
        devices.hear({first, deploy::StepId::Check, StepState::Done, 1, {}});
        devices.hear({second, deploy::StepId::Reach, StepState::Failed, -1, "nobody listens"});
        QVERIFY(devices.verdict(first).state == ui::DeviceVerdict::State::Good);
        QVERIFY(devices.verdict(second).state == ui::DeviceVerdict::State::Bad);
        QVERIFY(devices.verdict(second).text.contains(QStringLiteral("nobody listens")));
        const auto checks = ui::deployChecks(snapshotOf(release), QStringLiteral("m"), devices);
        QVERIFY(!ui::mayDeploy(checks));
        release.cluster.devices[release.cluster.find(second)->index()].port = 2222;
        devices.setPlan(release.cluster, release.plan);
        QVERIFY(devices.verdict(first).state == ui::DeviceVerdict::State::Good);
        QVERIFY(devices.verdict(second).state == ui::DeviceVerdict::State::Untested);
    }

    void gridTellsBytesCausesAndWhatWasUndone()
    {
        ui::StepTableModel steps;
        const QAbstractItemModelTester tester(
            &steps, QAbstractItemModelTester::FailureReportingMode::QtTest);
        steps.expect({"a", "b", ""},
                     {deploy::StepId::Lock, deploy::StepId::Upload, deploy::StepId::Switch}, 5);
        steps.update({"a", deploy::StepId::Lock, StepState::Waiting, -1, {}}, 10);
        QCOMPARE(steps.fraction(), 0.0);
        steps.update({"a", deploy::StepId::Lock, StepState::Done, 1, {}}, 11);
        steps.update({"a",
                      deploy::StepId::Upload,
                      StepState::Running,
                      0.25,
                      {},
                      Bytes{1 << 20},
                      Bytes{4 << 20}},
                     12);
        QVERIFY(steps.index(0, 2)
                    .data(ui::StepTableModel::DetailRole)
                    .toString()
                    .contains(QStringLiteral("1.00 MiB of 4.00 MiB sent")));
        QVERIFY(steps.sent() == (std::pair{Bytes{1 << 20}, Bytes{4 << 20}}));
        QCOMPARE(steps.fraction(), 1.25 / 5);
        steps.update({"b", deploy::StepId::Upload, StepState::Failed, -1, "<b>no</b> space"}, 13);
        steps.update({"a", deploy::StepId::Lock, StepState::Undone, -1, {}}, 14);
        QCOMPARE(steps.failed(), steps.index(1, 2));
        QCOMPARE(steps.undone(), QStringList(QStringLiteral("Lock")));
        QVERIFY(steps.index(1, 2)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("&lt;b&gt;")));
        QVERIFY(steps.index(1, 2)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .startsWith(QStringLiteral("b, Upload: failed")));
    }

    void historySaysWhatServes()
    {
        ui::ReleaseTableModel history;
        const QAbstractItemModelTester tester(
            &history, QAbstractItemModelTester::FailureReportingMode::QtTest);
        deploy::Release current = test::smallRelease("/nowhere"), replaced = current;
        current.kind = replaced.kind = deploy::ReleaseKind::Ssh;
        replaced.standing = deploy::Standing::Replaced;
        replaced.id = "older";
        history.setReleases({current, replaced});
        const auto state = [&](int row) {
            return history.index(row, ui::ReleaseTableModel::State).data().toString();
        };
        QVERIFY(state(0).contains(QStringLiteral("current")));
        QVERIFY(state(1).contains(QStringLiteral("replaced")));
        QCOMPARE(history.rowOf("older"), 1);
    }

    void hostKeyIsShownAndRefusedByDefault_data()
    {
        QTest::addColumn<bool>("accepts");
        QTest::newRow("accepted") << true;
        QTest::newRow("refused by Enter") << false;
    }
    void hostKeyIsShownAndRefusedByDefault()
    {
        QFETCH(bool, accepts);
        QWidget parent;
        ui::DialogPrompts prompts;
        std::optional<ssh::HostKeyAnswer> answer;
        prompts.hostKey(&parent,
                        {"<i>pi</i>", "ssh-ed25519", "SHA256:abc", "/home/ada/known", "ada"},
                        [&](ssh::HostKeyAnswer given) { answer = given; });
        QTRY_VERIFY(shown<QMessageBox>("hostKeyQuestion") != nullptr);
        auto* box = shown<QMessageBox>("hostKeyQuestion");
        QVERIFY(box->textFormat() == Qt::PlainText);
        for (const char* part :
             {"<i>pi</i>", "ada", "ssh-ed25519", "SHA256:abc", "/home/ada/known"})
            QVERIFY2(box->text().contains(QLatin1String(part)), part);
        if (accepts)
            box->findChild<QPushButton*>(QStringLiteral("acceptHostKey"))->click();
        else
            QTest::keyClick(box, Qt::Key_Return);
        QTRY_VERIFY(answer.has_value());
        QVERIFY(*answer ==
                (accepts ? ssh::HostKeyAnswer::AcceptAndRemember : ssh::HostKeyAnswer::Refuse));
    }

    void withdrawnQuestionGoes()
    {
        QWidget parent;
        ui::DialogPrompts prompts;
        const auto withdraw = prompts.hostKey(&parent, {}, [](ssh::HostKeyAnswer) {});
        QTRY_VERIFY(shown<QMessageBox>("hostKeyQuestion") != nullptr);
        withdraw();
        QTRY_VERIFY(shown<QMessageBox>("hostKeyQuestion") == nullptr);
        withdraw(); // of a question that is gone
    }

    void secretIsNotShownAndComesWhole()
    {
        QWidget parent;
        ui::DialogPrompts prompts;
        ui::SecretAnswer answer;
        prompts.secret(&parent, {ui::SecretQuestion::Kind::Password, "ada@pi", 2},
                       [&](const ui::SecretAnswer& given) { answer = given; });
        QTRY_VERIFY(shown<QDialog>("secretQuestion") != nullptr);
        auto* edit = shown<QDialog>("secretQuestion")->findChild<QLineEdit*>();
        QVERIFY(edit->echoMode() == QLineEdit::Password);
        QTest::keyClicks(edit, QStringLiteral("loveLACE-1"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(answer != nullptr);
        QCOMPARE(std::string(answer->c_str()), std::string("loveLACE-1"));
        QVERIFY(edit->text().isEmpty());
    }

    /// A job that waits for an answer must not keep the window from closing.
    void stoppedJobsGetNo()
    {
        std::stop_source stop;
        std::optional<ssh::HostKeyAnswer> answer;
        int withdrawn = 0;
        m_questions.setAsker({[&](const ssh::UnknownHostKey&, const auto&) {
                                  stop.request_stop();
                                  return [&withdrawn] { ++withdrawn; };
                              },
                              {}});
        std::jthread job(
            [&] { answer = ui::PersonAtWindow(m_questions, stop.get_token()).unknownHostKey({}); });
        QTRY_COMPARE(withdrawn, 1);
        job.join();
        QVERIFY(answer == ssh::HostKeyAnswer::Refuse);
        m_questions.setAsker({});
        std::optional<ssh::Secret> secret(std::in_place, "x");
        std::atomic<bool> isDone = false;
        std::jthread other([&] {
            secret = ui::PersonAtWindow(m_questions, {}).password("ada@pi", 1);
            isDone = true;
        });
        QTRY_VERIFY(isDone); // nobody is there to be asked
        QVERIFY(!secret);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestDeployChecks)
#include "tst_deploy_checks.moc"
