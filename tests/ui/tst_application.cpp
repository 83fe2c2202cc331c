// SPDX-License-Identifier: GPL-3.0-or-later
// The floor under the GUI thread, and the log that says what was caught.
#include "ui/Window.h"
#include "ui/dialogs/LogDialog.h"
#include "ui/mainwindow/Application.h"
#include "ui/mainwindow/MessageLog.h"

#include <QAction>
#include <QClipboard>
#include <QFile>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTimer>

#include <stdexcept>

namespace millrace
{

using test::Window;

class TestApplication : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;

    static void expectCritical(const char* what)
    {
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QLatin1String(what)));
    }
    [[nodiscard]] std::filesystem::path logFolder() const
    {
        return m_folder.filePath(QStringLiteral("log")).toStdString();
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        test::useOwnCache(m_folder);
        test::failOnWarnings();
    }

    void whatASlotThrowsIsToldAndEndsNothing()
    {
        QSignalSpy told(qApp, SIGNAL(failed(QString)));
        QPushButton button;
        connect(&button, &QPushButton::clicked, this,
                [] { throw std::runtime_error("the slot is on fire"); });
        button.show();
        expectCritical("the slot is on fire");
        QTest::mouseClick(&button, Qt::LeftButton);
        QTRY_COMPARE(told.size(), 1);
        const QString message = told[0][0].toString();
        QVERIFY2(message.startsWith(QStringLiteral("Cannot ")), qPrintable(message));
        QVERIFY2(message.contains(QStringLiteral("the slot is on fire")), qPrintable(message));
    }

    void whatATimerThrowsIsToldAndEndsNothing()
    {
        QSignalSpy told(qApp, SIGNAL(failed(QString)));
        expectCritical("not enough memory");
        QTimer::singleShot(0, this, [] { throw std::bad_alloc(); });
        QTRY_COMPARE(told.size(), 1);
        QVERIFY(told[0][0].toString().contains(QStringLiteral("not enough memory")));
        bool isAlive = false; // events are handled on
        QTimer::singleShot(0, this, [&isAlive] { isAlive = true; });
        QTRY_VERIFY(isAlive);
    }

    void windowShowsWhatWasCaught()
    {
        Window window(m_folder.filePath(QStringLiteral("settings.ini")));
        expectCritical("a menu on fire");
        connect(window.child<QAction>("about"), &QAction::changed, this,
                [] { throw std::runtime_error("a menu on fire"); });
        QTimer::singleShot(0, this, [&window] {
            window.child<QAction>("about")->setText(QStringLiteral("About"));
        });
        QTRY_VERIFY2(window.message().contains(QStringLiteral("a menu on fire")),
                     qPrintable(window.message()));
    }

    void messagesGoIntoTheFileAndTheRing()
    {
        {
            const ui::MessageLog log(logFolder());
            QTest::ignoreMessage(QtInfoMsg, "a word about\nwhat happens");
            qInfo("a word about\nwhat happens");
            QCOMPARE(log.recent().size(), 1);
            QVERIFY2(log.recent().front().contains(QStringLiteral("a word about")),
                     qPrintable(log.recent().front()));
            QVERIFY(!log.recent().front().contains(QLatin1Char('\n')));
            QFile file(log.file());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(QString::fromUtf8(file.readAll()).trimmed(), log.recent().front());
        }
        QTest::ignoreMessage(QtInfoMsg, "after it");
        qInfo("after it"); // the handler before is back
    }

    void logWithoutAFileStillKeepsItsLines()
    {
        const QString inTheWay = m_folder.filePath(QStringLiteral("not-a-folder"));
        QFile file(inTheWay);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const ui::MessageLog log(inTheWay.toStdString());
        QCOMPARE(log.file(), QString());
        QCOMPARE(log.recent().size(), 1); // why there is none
        qInfo("kept");
        QVERIFY(log.recent().back().endsWith(QStringLiteral("kept")));
    }

    void windowShowsItsLog()
    {
        const ui::MessageLog log(logFolder());
        Window window(m_folder.filePath(QStringLiteral("settings.ini")));
        QVERIFY(!window.child<QAction>("showLog")->isEnabled()); // there is none yet
        window->setLog(log);
        QTest::ignoreMessage(QtInfoMsg, "before the log was opened");
        qInfo("before the log was opened");
        window.trigger("showLog");
        auto* text = window.child<QPlainTextEdit>("logText");
        QVERIFY(text != nullptr);
        QVERIFY(text->isReadOnly());
        QVERIFY(text->toPlainText().contains(QStringLiteral("before the log was opened")));
        QTest::ignoreMessage(QtInfoMsg, "while it is open");
        qInfo("while it is open");
        window.child<QPushButton>("logRefresh")->click();
        QVERIFY(text->toPlainText().contains(QStringLiteral("while it is open")));
        window.child<QPushButton>("logCopy")->click();
        QCOMPARE(QApplication::clipboard()->text(), text->toPlainText());
    }

    /// What was told in the message bar is in the log of a report.
    void failuresAreLogged()
    {
        const ui::MessageLog log(logFolder());
        Window window(m_folder.filePath(QStringLiteral("settings.ini")));
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(QStringLiteral("Cannot open .*gone")));
        window->document().openCluster("gone.yaml");
        QVERIFY2(log.recent().join(QLatin1Char('\n')).contains(QStringLiteral("gone.yaml")),
                 qPrintable(log.recent().join(QLatin1Char('\n'))));
    }
};

} // namespace millrace

int main(int argc, char* argv[])
{
    const millrace::ui::Application app(argc, argv);
    millrace::TestApplication test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_application.moc"
