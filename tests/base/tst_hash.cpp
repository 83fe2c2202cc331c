// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Hash.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;

class TestHash : public QObject
{
    Q_OBJECT
private slots:
    /// The examples of FIPS 180-2, appendix B, and the empty message.
    void published_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("empty")
            << QByteArray("")
            << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QTest::newRow("abc")
            << QByteArray("abc")
            << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QTest::newRow("two blocks")
            << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
            << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        QTest::newRow("a million a")
            << QByteArray(1000000, 'a')
            << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    void published()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, hash);
        QCOMPARE(sha256(content.toStdString()), hash.toStdString());
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("f")).toStdString();
        std::ofstream(path) << content.toStdString();
        QCOMPARE(sha256File(path).value(), hash.toStdString());
    }

    /// A file is read in blocks of 1 MiB.
    void filesAroundABlock()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("f")).toStdString();
        for (const std::size_t size : {(1U << 20U) - 1, 1U << 20U, (1U << 20U) + 1, 3U << 20U}) {
            const std::string content(size, '\xfe');
            std::ofstream(path, std::ios::binary) << content;
            QCOMPARE(sha256File(path).value(), sha256(content));
        }
    }

    void errors()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const auto missing = sha256File(path + "/none");
        QVERIFY(missing.error().code == ErrorCode::NotFound);
        QCOMPARE(missing.error().message, path + "/none: cannot open the file");
        const auto aFolder = sha256File(path);
        QVERIFY(aFolder.error().code == ErrorCode::Io);
        QCOMPARE(aFolder.error().message, path + ": cannot read the file");
    }
};

QTEST_APPLESS_MAIN(TestHash)
#include "tst_hash.moc"
