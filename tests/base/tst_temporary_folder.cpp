// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/TemporaryFolder.h"

#include <QTest>

#include <sys/stat.h>

#include <fstream>

namespace millrace
{

class TestTemporaryFolder : public QObject
{
    Q_OBJECT
private slots:
    void goesAwayWithItsContents()
    {
        std::filesystem::path path;
        {
            const auto folder = TemporaryFolder::create();
            QVERIFY(folder);
            path = folder->path();
            QVERIFY(std::filesystem::create_directory(path / "inner"));
            std::ofstream(path / "inner" / "file") << "content";
        }
        QVERIFY(!std::filesystem::exists(path));
    }

    void isPrivateAndNotShared()
    {
        const auto one = TemporaryFolder::create();
        const auto other = TemporaryFolder::create();
        QVERIFY(one && other);
        QVERIFY(one->path() != other->path());
        struct stat entry {
        };
        QCOMPARE(::stat(one->path().c_str(), &entry), 0);
        QCOMPARE(entry.st_mode & 0777, mode_t{0700});
    }

    void whoMovesItKeepsIt()
    {
        auto folder = TemporaryFolder::create();
        QVERIFY(folder);
        const auto path = folder->path();
        {
            const TemporaryFolder taken = std::move(*folder);
            QVERIFY(std::filesystem::exists(taken.path()));
        }
        QVERIFY(!std::filesystem::exists(path));
    }

    void withoutAPlaceThereIsNone()
    {
        const QByteArray before = qgetenv("TMPDIR");
        qputenv("TMPDIR", "/no/such/folder");
        const auto folder = TemporaryFolder::create();
        qputenv("TMPDIR", before);
        if (before.isEmpty())
            qunsetenv("TMPDIR");
        QVERIFY(!folder);
        QVERIFY(folder.error().code == ErrorCode::Io);
    }
};

} // namespace millrace

QTEST_APPLESS_MAIN(millrace::TestTemporaryFolder)
#include "tst_temporary_folder.moc"
