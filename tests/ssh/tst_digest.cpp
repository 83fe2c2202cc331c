// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Digest.h"
#include "support/ShowString.h"

#include <QTest>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

std::string hex(const std::string& bytes)
{
    return QByteArray::fromStdString(bytes).toHex().toStdString();
}

} // namespace

class TestDigest : public QObject
{
    Q_OBJECT
private slots:
    /// RFC 4648, section 10.
    void base64_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("1") << QByteArray("f") << QByteArray("Zg==");
        QTest::newRow("2") << QByteArray("fo") << QByteArray("Zm8=");
        QTest::newRow("3") << QByteArray("foo") << QByteArray("Zm9v");
        QTest::newRow("6") << QByteArray("foobar") << QByteArray("Zm9vYmFy");
        QTest::newRow("all bits") << QByteArray("\xff\xef\xbe\0", 4) << QByteArray("/+++AA==");
    }
    void base64()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(toBase64(bytes.toStdString()), text.toStdString());
        QCOMPARE(fromBase64(text.toStdString()).value(), bytes.toStdString());
    }

    void whatIsNoBase64_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("no padding") << QByteArray("Zg");
        QTest::newRow("blank") << QByteArray("Zm9 v===");
        QTest::newRow("line break") << QByteArray("Zm9v\nZm8=");
        QTest::newRow("for URLs") << QByteArray("_-__");
        QTest::newRow("padding inside") << QByteArray("Zg==Zg==");
        QTest::newRow("three of padding") << QByteArray("Z===");
        QTest::newRow("letters") << QByteArray("Zm9!");
        QTest::newRow("too long") << QByteArray((1 << 16) + 4, 'A');
    }
    void whatIsNoBase64()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!fromBase64(text.toStdString()));
    }

    /// RFC 2202, test cases 1 and 2.
    void hmac()
    {
        QCOMPARE(hex(hmacSha1(std::string(20, '\x0b'), "Hi There")),
                 std::string("b617318655057264e28bc0b6fb378c8ef146be00"));
        QCOMPARE(hex(hmacSha1("Jefe", "what do ya want for nothing?")),
                 std::string("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
    }

    /// FIPS 180-2, appendix B.1.
    void sha256()
    {
        QCOMPARE(hex(sha256Bytes("abc")), std::string("ba7816bf8f01cfea414140de5dae2223"
                                                      "b00361a396177a9cb410ff61f20015ad"));
    }

    void randomBytesDiffer()
    {
        QCOMPARE(randomBytes(20).value().size(), std::size_t{20});
        QVERIFY(randomBytes(20).value() != randomBytes(20).value());
    }
};

QTEST_APPLESS_MAIN(TestDigest)
#include "tst_digest.moc"
