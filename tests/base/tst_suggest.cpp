// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Suggest.h"

#include <QTest>

#include <array>
#include <string>

namespace millrace
{

class TestSuggest : public QObject
{
    Q_OBJECT
private slots:
    void nearestWord_data()
    {
        QTest::addColumn<std::string>("word");
        QTest::addColumn<std::string>("meant"); // empty: none
        const auto row = [](const char* name, const char* word, const char* meant) {
            QTest::newRow(name) << std::string(word) << std::string(meant);
        };
        row("the word itself", "memory", "memory");
        row("two letters swapped", "memroy", "memory");
        row("one letter short", "--stage", "--stages");
        row("one letter long", "plann", "plan");
        row("the nearer of two", "--max-stage", "--max-stages");
        row("another word", "fly", "");
        row("nothing", "", "");
        row("much longer", "memorymemorymemory", "");
    }
    void nearestWord()
    {
        QFETCH(std::string, word);
        QFETCH(std::string, meant);
        constexpr std::array<std::string_view, 4> kKnown{"memory", "--stages", "plan",
                                                         "--max-stages"};
        const auto found = nearest(word, kKnown);
        QCOMPARE(std::string(found.value_or("")), meant);
        QVERIFY(!nearest(word, {}));
    }
};

} // namespace millrace

QTEST_APPLESS_MAIN(millrace::TestSuggest)
#include "tst_suggest.moc"
