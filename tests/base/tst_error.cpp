// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Error.h"
#include "support/ShowString.h"

#include <QTest>

namespace millrace
{

class TestError : public QObject
{
    Q_OBJECT
private slots:
    void messagesAreOneLine()
    {
        const Result<int> failed = fail(ErrorCode::NotFound, "{}: no\tsuch {}", "a\nb", "file\x7f");
        QVERIFY(failed.error() == (Error{ErrorCode::NotFound, "a b: no such file "}));
    }

    void contextComesFirstAndTheCodeStays()
    {
        const Result<int> failed = inContext("stage 3", Error{ErrorCode::Io, "disk full"});
        QVERIFY(failed.error() == (Error{ErrorCode::Io, "stage 3: disk full"}));
    }

    void longTextsLoseTheirMiddle()
    {
        QCOMPARE(oneLine(std::string(1000, 'x')), std::string(1000, 'x'));
        const std::string cut = oneLine(std::string(999, 'a') + "bc");
        QCOMPARE(cut, std::string(480, 'a') + " [...] " + std::string(478, 'a') + "bc");
    }

    void noCharacterIsCutInTwo()
    {
        std::string text = "x"; // so that no cut falls between two characters by chance
        for (int i = 0; i < 1000; ++i)
            text += "\xE2\x82\xAC";
        const QString cut = QString::fromStdString(oneLine(text));
        QVERIFY(!cut.contains(QChar::ReplacementCharacter));
        QVERIFY(cut.contains(QStringLiteral(" [...] ")));
    }

    void onlyContinuationsEndSomewhere()
    {
        QVERIFY(oneLine(std::string(5000, '\x80')).size() < 1000);
    }
};

} // namespace millrace

QTEST_APPLESS_MAIN(millrace::TestError)
#include "tst_error.moc"
