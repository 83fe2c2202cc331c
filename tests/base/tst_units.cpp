// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Units.h"
#include "support/ShowString.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace millrace;

namespace
{

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr const char* kBytesWanted =
    "; write a size with B, KiB, MiB, GiB, kB, MB or GB, for example \"256 MiB\"";

template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

} // namespace

class TestUnits : public QObject
{
    Q_OBJECT
private slots:
    void bytes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("value");
        const auto row = [](const char* text, qint64 value) {
            QTest::newRow(text) << QByteArray(text) << value;
        };
        row("0", 0);
        row("-0 B", 0);
        row("1 B", 1);
        row("256 MiB", 268435456);
        row("256MiB", 268435456);
        row("\t 256  MiB \t", 268435456);
        row("256 Mi", 268435456);
        row("1.5 GB", 1500000000);
        row("64 kB", 64000);
        row("64 KB", 64000);
        row("64 KiB", 65536);
        row("1e3 B", 1000);
        row("3 TiB", 3298534883328);
        row("2 TB", 2000000000000);
        row("7 bytes", 7);
        row("0.5 KiB", 512);
        row("0.1 B", 0);
        row("8388608 GiB", std::int64_t{1} << 53);
    }
    void bytes()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, value);
        const auto parsed = parseBytes(text.toStdString());
        QCOMPARE(errorOf(parsed), std::string("no error"));
        QCOMPARE(parsed->value, value);
    }

    void refusedBytes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* text, const char* why) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(why);
        };
        row("", "does not begin with a number");
        row("MiB", "does not begin with a number");
        row("+5 MB", "does not begin with a number");
        row("nan MB", "does not begin with a number");
        row("inf B", "does not begin with a number");
        row("-inf B", "does not begin with a number");
        row("256", "has no unit");
        row("256 mib", "has an unknown unit");
        row("256 Mbit", "has an unknown unit");
        row("2 ms", "has an unknown unit");
        row("1,5 GB", "has an unknown unit");
        row("0x10 B", "has an unknown unit");
        row("1 MiB please", "has an unknown unit");
        row("-1 MiB", "is negative");
        row("1e400 B", "is out of range");
        row("8388609 GiB", "is out of range");
        row("1e300 TiB", "is out of range");
    }
    void refusedBytes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, why);
        const auto parsed = parseBytes(text.toStdString());
        QVERIFY(!parsed);
        QVERIFY(parsed.error().code == ErrorCode::ParseError);
        QCOMPARE(parsed.error().message,
                 "\"" + text.toStdString() + "\" " + why.toStdString() + kBytesWanted);
    }

    void bandwidth_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("value");
        const auto row = [](const char* text, double value) {
            QTest::newRow(text) << QByteArray(text) << value;
        };
        row("0", 0);
        row("20 Mbit/s", 2e7);
        row("54Mbps", 5.4e7);
        row("1 Gbit/s", 1e9);
        row("2.5 Gbps", 2.5e9);
        row("9600 bit/s", 9600);
        row("9.6 kbps", 9600);
        row("1 MB/s", 8e6);
        row("3 kB/s", 24000);
        row("1 B/s", 8);
    }
    void bandwidth()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, value);
        const auto parsed = parseBandwidth(text.toStdString());
        QCOMPARE(errorOf(parsed), std::string("no error"));
        QCOMPARE(parsed->value, value);
    }

    void duration_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("value");
        const auto row = [](const char* text, double value) {
            QTest::newRow(text) << QByteArray(text) << value;
        };
        row("0", 0);
        row("2 ms", 0.002);
        row("0.5 s", 0.5);
        row("10 us", 1e-5);
        row("10 \xc2\xb5s", 1e-5);
        row("3 ns", 3e-9);
        row("2 min", 120);
        row("1.5 h", 5400);
    }
    void duration()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, value);
        const auto parsed = parseDuration(text.toStdString());
        QCOMPARE(errorOf(parsed), std::string("no error"));
        QCOMPARE(parsed->value, value);
    }

    void otherQuantitiesSayWhatTheyAccept()
    {
        QCOMPARE(parseBandwidth("20 MB").error().message,
                 std::string("\"20 MB\" has an unknown unit; write a bandwidth with bit/s, kbit/s, "
                             "Mbit/s or Gbit/s, for example \"54 Mbit/s\""));
        QCOMPARE(parseDuration("2 msec").error().message,
                 std::string("\"2 msec\" has an unknown unit; write a duration with s, ms, us, ns, "
                             "min or h, for example \"2 ms\""));
        QVERIFY(!parseBandwidth("1e308 Gbit/s"));
        QVERIFY(!parseDuration("1e308 h"));
    }

    void formats_data()
    {
        QTest::addColumn<QByteArray>("shown");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const std::string& shown, const char* expected) {
            QTest::newRow(expected) << QByteArray::fromStdString(shown) << QByteArray(expected);
        };
        row(formatBytes({0}), "0 B");
        row(formatBytes({999}), "999 B");
        row(formatBytes({1023}), "1023 B");
        row(formatBytes({1024}), "1.00 KiB");
        row(formatBytes({1536}), "1.50 KiB");
        row(formatBytes({102760448}), "98.0 MiB");
        row(formatBytes({10481000}), "10.0 MiB");
        row(formatBytes({-1048576}), "-1.00 MiB");
        row(formatBytes({(std::int64_t{1} << 30) - 1}), "1.00 GiB");
        row(formatBytes({kMax}), "8388608 TiB");
        row(formatBandwidth({0}), "0 bit/s");
        row(formatBandwidth({2e7}), "20.0 Mbit/s");
        row(formatBandwidth({1.5e9}), "1.50 Gbit/s");
        row(formatBandwidth({0.25}), "0.250 bit/s");
        row(formatDuration({0}), "0 s");
        row(formatDuration({0.0124}), "12.4 ms");
        row(formatDuration({1e-7}), "100 ns");
        row(formatDuration({0.99996}), "1.00 s");
        row(formatDuration({-0.5}), "-500 ms");
        row(formatDuration({5400}), "5400 s");
        row(formatDuration(kNever), "never");
    }
    void formats()
    {
        QFETCH(QByteArray, shown);
        QFETCH(QByteArray, expected);
        QCOMPARE(shown, expected);
    }

    void exact_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const std::string& text, const char* expected) {
            QTest::newRow(expected) << QByteArray::fromStdString(text) << QByteArray(expected);
        };
        row(exactBytes({0}), "0 B");
        row(exactBytes({268435456}), "256 MiB");
        row(exactBytes({1000000}), "1000000 B");
        row(exactBytes({1}), "1 B");
        row(exactBandwidth({2e7}), "20 Mbit/s");
        row(exactBandwidth({54e6}), "54 Mbit/s");
        row(exactBandwidth({9600}), "9.6 kbit/s");
        row(exactDuration({0.002}), "2 ms");
        row(exactDuration({0.25}), "250 ms");
        row(exactDuration({2}), "2 s");
    }
    void exact()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(text, expected);
    }

    void exactRoundTrips()
    {
        std::mt19937_64 random(7);
        for (int i = 0; i < 3000; ++i) {
            const Bytes bytes{static_cast<std::int64_t>(random() >> (11 + random() % 53))};
            QVERIFY2(parseBytes(exactBytes(bytes)) == bytes, exactBytes(bytes).c_str());
            const double value =
                std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 160) - 120);
            QVERIFY2(parseBandwidth(exactBandwidth({value})) == BitsPerSecond{value},
                     exactBandwidth({value}).c_str());
            QVERIFY2(parseDuration(exactDuration({value})) == Seconds{value},
                     exactDuration({value}).c_str());
            // What people write: few digits.
            const Seconds neat{static_cast<double>(random() % 1000) / 1000};
            QVERIFY(parseDuration(exactDuration(neat)) == neat);
            QVERIFY2(exactDuration(neat).size() <= 8, exactDuration(neat).c_str());
        }
        for (const double edge : {5e-324, 1e-300, 1.7e308})
            QVERIFY(parseDuration(exactDuration({edge})) == Seconds{edge});
    }

    void exactOfWhatNoTextStandsFor()
    {
        QCOMPARE(exactBytes({-1}), std::string());
        QCOMPARE(exactBytes({kMax}), std::string());
        QCOMPARE(exactDuration(kNever), std::string());
        QCOMPARE(exactDuration({std::numeric_limits<double>::quiet_NaN()}), std::string());
    }

    void checkedArithmetic()
    {
        QCOMPARE(checkedAdd({1}, {2}).value().value, 3);
        QCOMPARE(checkedAdd({kMax - 1}, {1}).value().value, kMax);
        QVERIFY(checkedAdd({kMax}, {1}).error().code == ErrorCode::ResourceExhausted);
        QVERIFY(checkedAdd({-1}, {1}).error().code == ErrorCode::ResourceExhausted);
        QVERIFY(checkedAdd({1}, {-1}).error().code == ErrorCode::ResourceExhausted);
        QCOMPARE(checkedMultiply({3}, 4).value().value, 12);
        QCOMPARE(checkedMultiply({kMax}, 1).value().value, kMax);
        QCOMPARE(checkedMultiply({kMax}, 0).value().value, 0);
        QVERIFY(checkedMultiply({kMax / 2 + 1}, 2).error().code == ErrorCode::ResourceExhausted);
        QVERIFY(checkedMultiply({-1}, 2).error().code == ErrorCode::ResourceExhausted);
        QVERIFY(checkedMultiply({2}, -1).error().code == ErrorCode::ResourceExhausted);
    }

    void transfer()
    {
        QCOMPARE(transferTime({1000}, {8000}).value, 1.0);
        QCOMPARE(transferTime({0}, {8000}).value, 0.0);
        QVERIFY(transferTime({0}, {0}) == kNever);
    }
};

QTEST_APPLESS_MAIN(TestUnits)
#include "tst_units.moc"
