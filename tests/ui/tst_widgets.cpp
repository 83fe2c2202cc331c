// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Units.h"
#include "ui/deploy/CheckListView.h"
#include "ui/graphview/GraphScene.h"
#include "ui/graphview/Legend.h"
#include "ui/inspector/QuantityEdit.h"
#include "ui/mainwindow/MessageBar.h"
#include "ui/mainwindow/ProblemsView.h"
#include "ui/watch/ActionButton.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>

namespace millrace::ui
{

/// The small widgets, each alone.
class TestWidgets : public QObject
{
    Q_OBJECT
private slots:
    void aTypedQuantityIsTaken()
    {
        QuantityEdit edit(QStringLiteral("memory"), QStringLiteral("Memory"), memoryQuantity());
        edit.setValue(512.0 * (1 << 20));
        QSignalSpy typed(&edit, &QuantityEdit::typed);
        auto* field = edit.findChild<QLineEdit*>(QStringLiteral("memoryField"));
        QCOMPARE(field->text(), QStringLiteral("512 MiB"));
        field->setText(QStringLiteral("1 GiB"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(typed.size(), 1);
        QCOMPARE(edit.value(), double{1 << 30});
    }

    void whatDoesNotParseStaysAndIsSaid()
    {
        QuantityEdit edit(QStringLiteral("memory"), QStringLiteral("Memory"), memoryQuantity());
        edit.setValue(512.0 * (1 << 20));
        QSignalSpy refused(&edit, &QuantityEdit::refused);
        auto* field = edit.findChild<QLineEdit*>(QStringLiteral("memoryField"));
        field->setText(QStringLiteral("lots"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(refused.size(), 1);
        QCOMPARE(field->text(), QStringLiteral("lots"));
        QCOMPARE(edit.value(), 512.0 * (1 << 20));
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(field->text(), QStringLiteral("512 MiB"));
    }

    void theSliderMovesTheQuantity()
    {
        QuantityEdit edit(QStringLiteral("speed"), QStringLiteral("Speed"), speedQuantity());
        edit.setValue(1);
        QSignalSpy dragged(&edit, &QuantityEdit::dragged);
        auto* slider = edit.findChild<QSlider*>(QStringLiteral("speedSlider"));
        slider->setValue(slider->maximum());
        QCOMPARE(dragged.size(), 1);
        QCOMPARE(edit.value(), speedQuantity().most);
    }

    void formattedQuantitiesParseBack_data()
    {
        QTest::addColumn<int>("which");
        QTest::newRow("memory") << 0;
        QTest::newRow("bandwidth") << 1;
        QTest::newRow("speed") << 2;
    }
    void formattedQuantitiesParseBack()
    {
        QFETCH(int, which);
        const Quantity quantity = which == 0   ? memoryQuantity()
                                  : which == 1 ? bandwidthQuantity()
                                               : speedQuantity();
        for (double value = quantity.least; value <= quantity.most; value *= 1.7) {
            const double round = quantity.round(value);
            const auto parsed = quantity.parse(quantity.format(round));
            QVERIFY(parsed);
            QCOMPARE(*parsed, round);
        }
    }

    void aMessageStaysUntilItIsDismissed()
    {
        MessageBar bar;
        QVERIFY(bar.isHidden());
        bar.show(MessageBar::Kind::Problem, QStringLiteral("<b>disk</b> full"));
        QVERIFY(bar.isVisible());
        QCOMPARE(bar.text(), QStringLiteral("<b>disk</b> full"));
        auto* text = bar.findChild<QLabel*>(QStringLiteral("messageText"));
        QCOMPARE(text->textFormat(), Qt::PlainText);
        bar.findChild<QToolButton*>(QStringLiteral("messageDismiss"))->click();
        QVERIFY(bar.isHidden() && bar.text().isEmpty());
    }

    void checksHaveTheirRemedy()
    {
        CheckListView view;
        view.setChecks({{CheckState::Good, QStringLiteral("The plan is there.")},
                        {CheckState::Bad, QStringLiteral("pi-1 has no address."),
                         CheckRemedy::SetAddress, "pi-1"}});
        QSignalSpy requested(&view, &CheckListView::remedyRequested);
        const auto button = [&view](const char* name) {
            return view.findChild<QToolButton*>(QLatin1String(name));
        };
        QVERIFY(button("remedy0")->isHidden());
        QVERIFY(!button("remedy1")->isHidden());
        button("remedy1")->click();
        QCOMPARE(requested.size(), 1);
        QVERIFY(requested[0][0].value<DeployCheck>().device == "pi-1");
        view.setChecks({});
        QVERIFY(button("remedy1")->parentWidget()->isHidden());
    }

    void aButtonIsThereWhileItsActionIs()
    {
        QAction action(QStringLiteral("Deploy"));
        action.setVisible(false);
        const std::unique_ptr<QToolButton> button(actionButton("deploy", &action));
        QVERIFY(button->isHidden());
        action.setVisible(true);
        QVERIFY(!button->isHidden());
        QCOMPARE(button->text(), QStringLiteral("Deploy"));
        QSignalSpy triggered(&action, &QAction::triggered);
        button->click();
        QCOMPARE(triggered.size(), 1);
    }

    void aLegendWraps()
    {
        Legend legend;
        std::vector<LegendEntry> entries;
        for (int i = 0; i < 10; ++i)
            entries.push_back({QStringLiteral("device %1").arg(i), Qt::red, Qt::blue});
        legend.setEntries(entries);
        const int wide = legend.heightForWidth(5000);
        QVERIFY(wide > 0);
        QVERIFY(legend.heightForWidth(200) >= 3 * wide / 2);
        legend.setEntries({});
        QVERIFY(legend.heightForWidth(200) <= wide);
    }

    void theLogKeepsTheOrder()
    {
        LogView log;
        log.append(QStringLiteral("first"));
        log.append(QStringLiteral("second"));
        QCOMPARE(log.count(), 2);
        QVERIFY(log.item(1)->text().endsWith(QStringLiteral("second")));
    }

    void withoutAPlanThereIsNoProblem()
    {
        ProblemsView view;
        view.setSnapshot({});
        QCOMPARE(view.problemCount(), 0);
    }
};

} // namespace millrace::ui

QTEST_MAIN(millrace::ui::TestWidgets)
#include "tst_widgets.moc"
