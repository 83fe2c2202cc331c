// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/LogThrottle.h"

#include <QTest>

namespace millrace
{
namespace
{

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr LogThrottle::Time kStart{};

} // namespace

class TestLogThrottle : public QObject
{
    Q_OBJECT
private slots:
    void fewLinesPassAsTheyAre()
    {
        LogThrottle throttle(2);
        QVERIFY(throttle.take("a", kStart) == Lines{"a"});
        QVERIFY(throttle.take("a", kStart) == Lines{"a"});
        QVERIFY(throttle.take("b", kStart) == Lines{"b"});
        QVERIFY(throttle.close().empty());
    }

    void manyOfAKindAreCounted()
    {
        LogThrottle throttle(2);
        QVERIFY(throttle.take("refused 10.0.0.1:4000: no key", kStart).size() == 1);
        QVERIFY(throttle.take("refused 10.0.0.2:4001: no key", kStart).size() == 1);
        for (int i = 0; i < 1000; ++i)
            QVERIFY(throttle.take("refused 10.0.0.3:4002: no key", kStart + 1ms).empty());
        QVERIFY(throttle.take("another kind", kStart + 2ms) == Lines{"another kind"});
        const Lines told{"... 1000 more like this: refused 10.0.0.1:4000: no key", "serving"};
        QVERIFY(throttle.take("serving", kStart + 1s) == told);
    }

    void aNewSecondBeginsAnew()
    {
        LogThrottle throttle(1);
        QVERIFY(throttle.take("a", kStart) == Lines{"a"});
        QVERIFY(throttle.take("a", kStart + 999ms).empty());
        QVERIFY(throttle.take("a", kStart + 1s) == (Lines{"... 1 more like this: a", "a"}));
        QVERIFY(throttle.take("a", kStart + 2s) == Lines{"a"});
    }

    void whatIsLeftIsToldAtTheEnd()
    {
        LogThrottle throttle(1);
        static_cast<void>(throttle.take("a", kStart));
        static_cast<void>(throttle.take("a", kStart));
        QVERIFY(throttle.close() == Lines{"... 1 more like this: a"});
        QVERIFY(throttle.close().empty());
    }

    /// Strangers choose the words.
    void endlesslyManyKindsAreOne()
    {
        LogThrottle throttle(10);
        std::size_t passed = 0;
        for (int i = 0; i < 100000; ++i) {
            std::string word;
            for (int rest = i; rest > 0; rest /= 26)
                word += static_cast<char>('a' + rest % 26);
            passed += throttle.take("peer " + word, kStart).size();
        }
        QCOMPARE(passed, std::size_t{64 + 10});
    }

    void longLinesAreNotKeptWhole()
    {
        LogThrottle throttle(1);
        const std::string longLine(1 << 20, 'x');
        QVERIFY(throttle.take(longLine, kStart) == Lines{longLine});
        static_cast<void>(throttle.take(longLine, kStart));
        QVERIFY(throttle.close().front().size() < 200);
    }
};

} // namespace millrace

QTEST_APPLESS_MAIN(millrace::TestLogThrottle)
#include "tst_log_throttle.moc"
