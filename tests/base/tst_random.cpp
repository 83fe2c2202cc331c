// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Random.h"

#include <QTest>

#include <set>

using namespace millrace;

class TestRandom : public QObject
{
    Q_OBJECT
private slots:
    /// The sequence that the generator's published implementation gives for this seed.
    void isSplitMix64()
    {
        Random random(1234567);
        for (const std::uint64_t expected :
             {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
              4593380528125082431U, 16408922859458223821U})
            QCOMPARE(random.next(), expected);
    }

    /// The highest bits of the same numbers.
    void unitsAreExact()
    {
        Random first(1234567), second(1234567);
        QCOMPARE(first.unit(), static_cast<double>(6457827717110365317U >> 11U) * 0x1p-53);
        QCOMPARE(second.unitFloat(), static_cast<float>(6457827717110365317U >> 40U) * 0x1p-24F);
    }

    void samplesAreDifferentNumbers()
    {
        Random random(1);
        const auto sample = random.sample(5, 8);
        QCOMPARE(std::set<std::size_t>(sample.begin(), sample.end()).size(), std::size_t{5});
        for (const std::size_t number : sample)
            QVERIFY(number < 8);
    }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "tst_random.moc"
