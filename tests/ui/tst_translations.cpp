// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/Window.h"

#include <QFile>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QTranslator>
#include <QXmlStreamReader>

namespace millrace
{
namespace
{

QString sourceFile(const char* path)
{
    return QStringLiteral(MILLRACE_SOURCE "/") + QLatin1String(path);
}

struct Message {
    QString source;
    QStringList translations;
    bool finished = true;
};

std::vector<Message> messages(const QString& path)
{
    QFile file(path);
    std::vector<Message> found;
    if (!file.open(QIODevice::ReadOnly))
        return found;
    QXmlStreamReader xml(&file);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == QLatin1String("source"))
            found.push_back({xml.readElementText(), {}, true});
        else if (xml.name() == QLatin1String("translation")) {
            found.back().finished = !xml.attributes().hasAttribute(QLatin1String("type"));
            const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            found.back().translations << text;
        }
    }
    return found;
}

/// "%1 %2 %n" of a text, each once.
QStringList placeholders(const QString& text)
{
    QStringList found;
    static const QRegularExpression pattern(QStringLiteral("%[1-9n]"));
    for (auto it = pattern.globalMatch(text); it.hasNext();)
        found << it.next().captured();
    found.removeDuplicates();
    found.sort();
    return found;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT

private slots:
    void germanIsCompleteAndKeepsPlaceholders()
    {
        const auto all = messages(sourceFile("translations/millrace_de.ts"));
        QVERIFY(all.size() > 300);
        for (const Message& message : all) {
            QVERIFY2(message.finished, qPrintable(message.source));
            for (const QString& text : message.translations)
                QVERIFY2(placeholders(text) == placeholders(message.source),
                         qPrintable(message.source));
        }
    }

    void noTextOfTheWindowIsMissing_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QStringList>("options");
        QTest::newRow("de") << QStringLiteral("de") << QStringList();
        QTest::newRow("en") << QStringLiteral("en") << QStringList{QStringLiteral("-pluralonly")};
    }

    /// What lupdate would add to the catalogue: nothing.
    void noTextOfTheWindowIsMissing()
    {
        QFETCH(QString, language);
        QFETCH(QStringList, options);
        QTemporaryDir folder;
        const QString name = QString(u"millrace_" + language + u".ts");
        const QString copy = folder.filePath(name);
        QVERIFY(QFile::copy(sourceFile("translations/") + name, copy));
        QProcess lupdate;
        lupdate.start(QStringLiteral(MILLRACE_LUPDATE),
                      QStringList{QStringLiteral("-no-obsolete"), QStringLiteral("-locations"),
                                  QStringLiteral("none"), QStringLiteral("-I"),
                                  QStringLiteral(MILLRACE_SOURCE)} +
                          options +
                          QStringList{sourceFile("ui"), sourceFile("app/desktop"),
                                      QStringLiteral("-ts"), copy});
        QVERIFY(lupdate.waitForFinished());
        QCOMPARE(lupdate.exitCode(), 0);
        for (const Message& message : messages(copy))
            QVERIFY2(message.finished, qPrintable(message.source));
    }

    void theWindowSpeaksGerman()
    {
        QTranslator translator;
        QVERIFY(translator.load(QStringLiteral(":/i18n/millrace_de.qm")));
        QCoreApplication::installTranslator(&translator);
        QTemporaryDir folder;
        test::Window window(folder.filePath(QStringLiteral("settings.ini")));
        QStringList menus;
        for (const QAction* action : window->menuBar()->actions())
            menus << action->text();
        QVERIFY(menus.contains(QStringLiteral("&Datei")));
        QCoreApplication::removeTranslator(&translator);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestTranslations)
#include "tst_translations.moc"
