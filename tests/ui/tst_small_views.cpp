// SPDX-License-Identifier: GPL-3.0-or-later
// Dialogs, fields, delegates and panels, each alone.
#include "SmallStatus.h"
#include "ui/FakePrompts.h"
#include "ui/Snapshots.h"
#include "ui/deploy/StepDelegate.h"
#include "ui/dialogs/DimensionsDialog.h"
#include "ui/dialogs/SecretDialog.h"
#include "ui/graphview/GraphCanvas.h"
#include "ui/graphview/Minimap.h"
#include "ui/graphview/NodeItem.h"
#include "ui/mainwindow/HelpMenu.h"
#include "ui/mainwindow/PlanBar.h"
#include "ui/mainwindow/SettingsMenus.h"
#include "ui/mainwindow/Theme.h"
#include "ui/models/HealthTableModel.h"
#include "ui/models/StepTableModel.h"
#include "ui/models/StepTexts.h"
#include "ui/watch/DeployPanel.h"
#include "ui/watch/FigureTiles.h"
#include "ui/watch/MemoryDelegate.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QGraphicsScene>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QProgressBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStyleOptionViewItem>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace millrace
{

using test::watchedRelease;

namespace
{

/// How many pixels of the picture have the colour.
int count(const QImage& image, const QColor& colour)
{
    int found = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            found += image.pixelColor(x, y) == colour ? 1 : 0;
    return found;
}

/// A cell of 100 x 24 as the delegate paints it.
QImage painted(const QStyledItemDelegate& delegate, const QModelIndex& index)
{
    QImage image(100, 24, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    QStyleOptionViewItem option;
    option.rect = image.rect();
    option.palette = QPalette(Qt::lightGray);
    option.palette.setColor(QPalette::Highlight, QColor(0, 0, 255));
    option.palette.setColor(QPalette::Base, Qt::white);
    delegate.paint(&painter, option, index);
    return image;
}

ui::WatchFigures figuresOf(Bytes memory, Bytes peak, Bytes limit)
{
    ui::WatchFigures figures = ui::unknownFigures(watchedRelease());
    figures.stages[0].memory = memory;
    figures.stages[0].peakMemory = peak;
    figures.stages[0].limit = limit;
    return figures;
}

} // namespace

class TestSmallViews : public QObject
{
    Q_OBJECT

    template <class T>
    static T* child(QObject& of, const char* name)
    {
        return of.findChild<T*>(QLatin1String(name));
    }

private slots:
    void everyFreeDimensionHasItsField()
    {
        ui::DimensionsDialog dialog(QStringLiteral("m.onnx"),
                                    {QStringLiteral("batch"), QStringLiteral("width")}, nullptr);
        child<QSpinBox>(dialog, "width")->setValue(224);
        const std::map<std::string, std::int64_t> expected{{"batch", 1}, {"width", 224}};
        QCOMPARE(dialog.values(), expected);
        child<QSpinBox>(dialog, "batch")->setValue(0); // nothing has no size
        QCOMPARE(dialog.values().at("batch"), std::int64_t{1});
    }

    void secretIsTakenOnce()
    {
        ui::SecretDialog dialog({ui::SecretQuestion::Kind::Password, "me@pi-1", 2}, nullptr);
        auto* field = child<QLineEdit>(dialog, "secretEdit");
        QCOMPARE(field->echoMode(), QLineEdit::Password);
        QString words;
        for (const QLabel* label : dialog.findChildren<QLabel*>())
            words += label->text();
        QVERIFY(words.contains(QStringLiteral("me@pi-1")));
        QVERIFY(words.contains(QStringLiteral("Try again"))); // the second time
        QVERIFY(!dialog.take());
        field->setText(QStringLiteral("pass\u00e9"));
        const auto secret = dialog.take();
        QVERIFY(secret);
        QCOMPARE(QByteArray(secret->c_str()), QByteArray("pass\xc3\xa9"));
        QVERIFY(field->text().isEmpty());
        QVERIFY(!dialog.take());
    }

    void planBarEditsTheScenario()
    {
        ui::Document document;
        const auto answers = std::make_shared<test::Answers>();
        test::FakePrompts prompts(answers);
        ui::PlanBar bar(document, prompts);
        auto* stages = child<QSpinBox>(bar, "stagesBox");
        QCOMPARE(stages->text(), QStringLiteral("any"));
        stages->setValue(3);
        QVERIFY(document.state().scenario().stages == (plan::StageCount{3, 3}));
        answers->name = QStringLiteral("second");
        child<QToolButton>(bar, "scenarioMenu")->click();
        auto* scenarios = child<QComboBox>(bar, "scenarioBox");
        QCOMPARE(scenarios->count(), 2);
        QCOMPARE(scenarios->currentText(), QStringLiteral("second"));
        auto* overlap = child<QCheckBox>(bar, "overlapBox");
        QVERIFY(overlap->isChecked());
        overlap->click();
        QVERIFY(document.state().scenario().overlap == plan::Overlap::No);
        document.selectScenario(0);
        QVERIFY(overlap->isChecked()); // of the first one again
        answers->name = QStringLiteral("first");
        bar.renameScenario();
        QCOMPARE(scenarios->itemText(0), QStringLiteral("first"));
        document.undoStack().setIndex(0);
        QCOMPARE(stages->value(), 0);
        QCOMPARE(scenarios->count(), 1);
    }

    void themeSetsThePalette()
    {
        const QPalette before = QApplication::palette();
        ui::ThemeSwitch theme;
        theme.set(ui::Theme::Dark);
        QVERIFY(QApplication::palette().color(QPalette::Base).lightness() < 80);
        QVERIFY(QApplication::palette().color(QPalette::Text).lightness() > 180);
        theme.set(ui::Theme::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Base), QColor(Qt::white));
        theme.set(ui::Theme::System);
        QCOMPARE(QApplication::palette().color(QPalette::Base), before.color(QPalette::Base));
    }

    void themeAndLanguageAreKept()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        int chosen = 0;
        {
            QMenu menu;
            ui::ThemeSwitch theme;
            ui::addThemeMenu(menu, theme, settings);
            ui::addLanguageMenu(menu, settings, [&chosen] { ++chosen; });
            QVERIFY(child<QAction>(menu, "theme0")->isChecked());
            child<QAction>(menu, "theme2")->trigger();
            QVERIFY(theme.theme() == ui::Theme::Dark);
            child<QAction>(menu, "language_de")->trigger();
            QCOMPARE(chosen, 1);
        }
        QMenu menu;
        ui::ThemeSwitch theme;
        ui::addThemeMenu(menu, theme, settings);
        ui::addLanguageMenu(menu, settings, [&chosen] { ++chosen; });
        QVERIFY(theme.theme() == ui::Theme::Dark);
        QVERIFY(child<QAction>(menu, "theme2")->isChecked());
        QVERIFY(!child<QAction>(menu, "theme0")->isChecked());
        QVERIFY(child<QAction>(menu, "language_de")->isChecked());
        theme.set(ui::Theme::System);
        QCOMPARE(chosen, 1);
    }

    void helpListsTheShortcutsOfTheWindow()
    {
        QWidget window;
        auto* save = new QAction(QStringLiteral("&Save <it>"), &window);
        save->setObjectName(QStringLiteral("save"));
        save->setShortcut(QKeySequence(QStringLiteral("Ctrl+S")));
        QMenu menu;
        const ui::HelpMenu help(menu, window);
        QVERIFY(!child<QAction>(menu, "showLog")->isEnabled());
        child<QAction>(menu, "shortcuts")->trigger();
        const auto* box = window.findChild<QMessageBox*>();
        QVERIFY(box != nullptr);
        QVERIFY2(box->text().contains(QStringLiteral("Save &lt;it&gt;</td><td><b>Ctrl+S")),
                 qPrintable(box->text()));
    }

    void stepsSayHowFarTheyAre_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<double>("fraction");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("sentence");
        using deploy::StepState;
        const auto row = [](const char* name, StepState state, double fraction, const char* text,
                            const char* sentence) {
            QTest::newRow(name) << static_cast<int>(state) << fraction << QString::fromUtf8(text)
                                << QString::fromUtf8(sentence);
        };
        row("waiting", StepState::Waiting, -1, "\u00b7 waiting", "pi-3, Upload: waiting.");
        row("unknown", StepState::Running, -1, "\u25b6 2.00 s",
            "pi-3, Upload: running after 2.00 s. 1.00 KiB of 4.00 KiB sent.");
        row("running", StepState::Running, 0.25, "\u25b6 25 %",
            "pi-3, Upload: running after 2.00 s. 1.00 KiB of 4.00 KiB sent.");
        row("done", StepState::Done, 1, "\u2713 2.00 s", "pi-3, Upload: done after 2.00 s.");
        row("failed", StepState::Failed, 0.5, "\u2717 failed",
            "pi-3, Upload: failed after 2.00 s.");
    }
    void stepsSayHowFarTheyAre()
    {
        QFETCH(int, state);
        QFETCH(double, fraction);
        QFETCH(QString, text);
        QFETCH(QString, sentence);
        const ui::StepCell cell{static_cast<deploy::StepState>(state),
                                100,
                                102,
                                fraction,
                                {},
                                Bytes{1024},
                                Bytes{4096}};
        QCOMPARE(ui::stepText(cell), text);
        QCOMPARE(ui::stepSentence(QStringLiteral("pi-3"), deploy::StepId::Upload, cell), sentence);
    }

    void tilesShowWhatIsKnown()
    {
        ui::FigureTiles tiles;
        const auto value = [&tiles](const char* name) {
            return child<QLabel>(tiles, name)->text();
        };
        QCOMPARE(value("tileThroughput"), QStringLiteral("\u2013"));
        ui::WatchFigures figures = ui::unknownFigures(watchedRelease());
        figures.throughput = 12.5;
        figures.answered = 1234;
        figures.lost = 3;
        tiles.setFigures(figures);
        QVERIFY2(value("tileThroughput").startsWith(QStringLiteral("12.5")),
                 qPrintable(value("tileThroughput")));
        QCOMPARE(value("tileP50"), QStringLiteral("\u2013"));
        QVERIFY(value("tileAnswered").contains(QStringLiteral("234")));
        // Lost requests have a second cue beside the colour.
        QCOMPARE(value("tileLost"), QStringLiteral("\u25bc 3"));
        figures.lost = 0;
        tiles.setFigures(figures);
        QCOMPARE(value("tileLost"), QStringLiteral("0"));
        tiles.clear();
        QCOMPARE(value("tileAnswered"), QStringLiteral("\u2013"));
    }

    void panelFollowsTheSteps()
    {
        ui::StepTableModel steps;
        QAction deploy, cancel;
        ui::WatchActions actions;
        actions.deploy = &deploy;
        actions.cancel = &cancel;
        ui::DeployPanel panel(steps, actions);
        auto* progress = child<QProgressBar>(panel, "deployProgress");
        auto* stop = child<QToolButton>(panel, "deployCancel");
        QVERIFY(stop->isHidden());
        panel.begin(QStringLiteral("Deploying"));
        panel.setRunning(true);
        QVERIFY(!stop->isHidden());
        QVERIFY(child<QToolButton>(panel, "deployAgain")->isHidden());
        steps.expect({"a", "b"}, {deploy::StepId::Upload}, 2);
        steps.update({"a", deploy::StepId::Upload, deploy::StepState::Done, 1, {}}, 10);
        QCOMPARE(progress->value(), 500);
        QSignalSpy cancelled(&cancel, &QAction::triggered);
        stop->click();
        QCOMPARE(cancelled.size(), 1);
    }

    void runningStepHasABarAsLongAsItsProgress()
    {
        ui::StepTableModel steps;
        steps.expect({"a"}, {deploy::StepId::Upload}, 1);
        const QModelIndex cell = steps.index(0, steps.columnCount() - 1);
        const ui::StepDelegate delegate;
        const auto bar = [&] { return count(painted(delegate, cell), QColor(0, 0, 255)); };
        QCOMPARE(bar(), 0);
        const auto update = [&steps](deploy::StepState state, double fraction) {
            steps.update({"a", deploy::StepId::Upload, state, fraction, {}}, 10);
        };
        update(deploy::StepState::Running, 0.25);
        const int quarter = bar();
        update(deploy::StepState::Running, 0.75);
        QVERIFY(quarter > 0);
        QVERIFY(bar() > 2 * quarter);
        update(deploy::StepState::Done, 1);
        QCOMPARE(bar(), 0);
    }

    void memoryIsPaintedUpToItsLimit()
    {
        ui::HealthTableModel health;
        health.setRelease(watchedRelease());
        const ui::MemoryDelegate delegate;
        const QModelIndex cell = health.index(0, ui::HealthTableModel::Memory);
        const auto grey = [&](Bytes used, Bytes limit) {
            health.setFigures(figuresOf(used, used, limit));
            const QImage image = painted(delegate, cell);
            return count(image, image.pixelColor(92, 12)); // what is free, at the right end
        };
        const Bytes limit{100 * test::kMiB};
        const int mostlyFree = grey(Bytes{10 * test::kMiB}, limit);
        const int hardlyFree = grey(Bytes{90 * test::kMiB}, limit);
        QVERIFY2(mostlyFree > 2 * hardlyFree,
                 qPrintable(QStringLiteral("%1, %2").arg(mostlyFree).arg(hardlyFree)));
        QVERIFY(delegate.sizeHint({}, cell).width() > 50);
    }

    void boxOfALayerShowsItsColour()
    {
        QGraphicsScene scene;
        auto* node = new ui::NodeItem(LayerId(3), QRectF(0, 0, 80, 40));
        scene.addItem(node);
        ui::NodeLook look;
        look.title = QStringLiteral("Conv");
        look.fill = QColor(255, 0, 0);
        node->setLook(look);
        node->fade(1);
        QCOMPARE(node->layer(), LayerId(3));
        QCOMPARE(node->look(), look);
        QImage image(100, 60, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        scene.render(&painter);
        QVERIFY(count(image, QColor(255, 0, 0)) > 1000);
    }

    void minimapIsThereWhileNotEverythingIsInView()
    {
        QGraphicsScene scene;
        scene.addItem(new ui::NodeItem(LayerId(0), QRectF(0, 0, 4000, 3000)));
        scene.setSceneRect(0, 0, 4000, 3000);
        ui::GraphCanvas canvas;
        canvas.setScene(&scene);
        canvas.resize(400, 300);
        canvas.show();
        ui::Minimap map(canvas);
        canvas.fit();
        map.refresh();
        QVERIFY(map.isHidden());
        QSignalSpy moved(&canvas, &ui::GraphCanvas::viewChanged);
        canvas.setZoom(1);
        QVERIFY(moved.size() > 0);
        QCOMPARE(canvas.zoom(), 1.0);
        QVERIFY(!map.isHidden());
        const auto centre = [&canvas] {
            return canvas.mapToScene(canvas.viewport()->rect().center());
        };
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(map.width() - 5, map.height() - 5));
        QVERIFY(centre().x() > 3000 && centre().y() > 2000);
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(4, 4));
        QVERIFY(centre().x() < 1000 && centre().y() < 1000);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestSmallViews)
#include "tst_small_views.moc"
