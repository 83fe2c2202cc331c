// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

using namespace millrace;

namespace
{

template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

} // namespace

class TestFile : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void readsWhatWasWritten_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("text") << QByteArray("millrace: cluster/1\n");
        QTest::newRow("all bytes") << QByteArray("\0\r\n\xff\x1a", 5);
        QTest::newRow("larger than a block") << QByteArray((1 << 20) + 1, 'x');
    }
    void readsWhatWasWritten()
    {
        QFETCH(QByteArray, content);
        const auto path = file("a b.json");
        QCOMPARE(errorOf(writeFileAtomically(path, content.toStdString())),
                 std::string("no error"));
        QCOMPARE(readFile(path).value(), content.toStdString());
        QCOMPARE(entries(), std::size_t{1});
    }

    void readErrors()
    {
        const auto missing = readFile(file("none"));
        QVERIFY(missing.error().code == ErrorCode::NotFound);
        QCOMPARE(missing.error().message, file("none").string() + ": no such file; check the path");
        const auto folder = readFile(m_folder->path().toStdString());
        QVERIFY(folder.error().code == ErrorCode::Io);
        QCOMPARE(folder.error().message,
                 m_folder->path().toStdString() + ": is a folder, a file is needed");
        const auto nothing = readFile({});
        QVERIFY(nothing.error().code == ErrorCode::NotFound);
    }

    void readLimit()
    {
        write("four", "1234");
        QCOMPARE(readFile(file("four"), 4).value(), std::string("1234"));
        const auto tooLarge = readFile(file("four"), 3);
        QVERIFY(tooLarge.error().code == ErrorCode::ResourceExhausted);
        QCOMPARE(tooLarge.error().message, file("four").string() + ": larger than 3 bytes");
        // A device has no size to look at beforehand.
        const auto endless = readFile("/dev/zero", 100);
        QVERIFY(endless.error().code == ErrorCode::ResourceExhausted);
    }

    void unreadableFile()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything: the missing permission was not tried");
        write("secret", "1");
        std::filesystem::permissions(file("secret"), std::filesystem::perms::none);
        const auto content = readFile(file("secret"));
        QVERIFY(content.error().code == ErrorCode::Io);
        QCOMPARE(content.error().message,
                 file("secret").string() + ": cannot open: Permission denied");
    }

    void readFailsInTheMiddle()
    {
        // The first page of the own address space is never mapped.
        const auto content = readFile("/proc/self/mem");
        QVERIFY(!content);
        QVERIFY(content.error().code == ErrorCode::Io);
    }

    void writeReplaces()
    {
        write("f", "old, and longer");
        QCOMPARE(errorOf(writeFileAtomically(file("f"), "new")), std::string("no error"));
        QCOMPARE(readFile(file("f")).value(), std::string("new"));
        QCOMPARE(entries(), std::size_t{1});
    }

    /// A secret stays one, and a file that others read stays readable.
    void writeKeepsPermissions()
    {
        using std::filesystem::perms;
        write("f", "old");
        for (const perms mode : {perms::owner_read | perms::owner_write,
                                 perms::owner_all | perms::group_read | perms::others_read}) {
            std::filesystem::permissions(file("f"), mode);
            QVERIFY(writeFileAtomically(file("f"), "new"));
            QVERIFY(std::filesystem::status(file("f")).permissions() == mode);
        }
    }

    /// What somebody keeps elsewhere and linked to is changed there.
    void writeFollowsLinks()
    {
        std::filesystem::create_directory(file("elsewhere"));
        write("elsewhere/real", "old");
        std::filesystem::create_symlink("elsewhere/real", file("link"));
        QCOMPARE(errorOf(writeFileAtomically(file("link"), "new")), std::string("no error"));
        QVERIFY(std::filesystem::is_symlink(file("link")));
        QCOMPARE(readFile(file("elsewhere/real")).value(), std::string("new"));
    }

    /// Renaming over /dev/null would take it from the whole system.
    void writesIntoPipesAndDevices()
    {
        QCOMPARE(::mkfifo(file("pipe").c_str(), 0600), 0);
        const int reader = ::open(file("pipe").c_str(), O_RDWR | O_NONBLOCK);
        QVERIFY(reader >= 0);
        QCOMPARE(errorOf(writeFileAtomically(file("pipe"), "new")), std::string("no error"));
        std::string content(10, ' ');
        QCOMPARE(::read(reader, content.data(), content.size()), ssize_t{3});
        ::close(reader);
        QCOMPARE(content.substr(0, 3), std::string("new"));
        QVERIFY(std::filesystem::is_fifo(file("pipe")));
        QCOMPARE(entries(), std::size_t{1});
    }

    void writeErrors()
    {
        const auto missing = writeFileAtomically(file("none/f"), "x");
        QVERIFY(missing.error().code == ErrorCode::Io);
        QCOMPARE(missing.error().message,
                 file("none/f").string() +
                     ": cannot write into its folder: No such file or directory");
        std::filesystem::create_directory(file("folder"));
        const auto folder = writeFileAtomically(file("folder"), "x");
        QCOMPARE(folder.error().message,
                 file("folder").string() + ": cannot replace it: Is a directory");
        QCOMPARE(entries(), std::size_t{1}); // nothing half-written stays behind
        QVERIFY(!writeFileAtomically("/proc/none", "x"));
        QVERIFY(!writeFileAtomically({}, "x"));
    }

    void writeIntoAFullDisk()
    {
        // The target of the link cannot be written beside; the device itself is always full.
        QVERIFY(!writeFileAtomically("/dev/full/x", "x"));
    }

    /// Whoever reads meanwhile sees one whole content or the other.
    void writersAtOnce()
    {
        const auto path = file("f");
        const std::string a(100000, 'a');
        const std::string b(50000, 'b');
        QVERIFY(writeFileAtomically(path, a));
        {
            const auto writer = [&](const std::string& content) {
                for (int i = 0; i < 20; ++i)
                    static_cast<void>(writeFileAtomically(path, content));
            };
            const std::jthread first(writer, a);
            const std::jthread second(writer, b);
            for (int i = 0; i < 40; ++i) {
                const auto content = readFile(path);
                QVERIFY(content && (*content == a || *content == b));
            }
        }
        QCOMPARE(entries(), std::size_t{1});
    }

    void theEndOfAFile()
    {
        const auto path = file("log");
        write("log", "first\nsecond\nthird\n");
        QCOMPARE(readEnd(path, 6).value(), std::string("third\n"));
        QCOMPARE(readEnd(path, 1000).value(), std::string("first\nsecond\nthird\n"));
        write("log", "");
        QCOMPARE(readEnd(path, 6).value(), std::string());
        QVERIFY(readEnd(file("none"), 6).error().code == ErrorCode::NotFound);
        QVERIFY(readEnd(file(""), 6).error().code == ErrorCode::Io); // the folder itself
    }

    /// A sparse file of 1 TiB: nobody reads it whole.
    void theEndOfALargeFile()
    {
        const auto path = file("large");
        write("large", "");
        QCOMPARE(::truncate(path.c_str(), off_t{1} << 40), 0);
        std::ofstream(path, std::ios::app) << "end";
        QCOMPARE(readEnd(path, 3).value(), std::string("end"));
    }

    void foldersAreSynced()
    {
        QVERIFY(syncFolder(file("").parent_path()));
        QVERIFY(syncFolder(""));
        QVERIFY(syncFolder(file("none")).error().code == ErrorCode::Io);
    }

    void entriesComeInOrder()
    {
        write("b", "");
        write("a", "");
        write(".c", "");
        const std::vector<std::filesystem::path> expected{file(".c"), file("a"), file("b")};
        QVERIFY(entriesOf(file("").parent_path()) == expected);
        QVERIFY(entriesOf(file("a")).empty());
        QVERIFY(entriesOf(file("none")).empty());
    }

    void aLoopOfLinksHasNoEntries()
    {
        QCOMPARE(::symlink("loop", file("loop").c_str()), 0);
        QVERIFY(entriesOf(file("loop")).empty());
        QVERIFY(readEnd(file("loop"), 1).error().code == ErrorCode::Io);
    }

    void absolutePaths()
    {
        QCOMPARE(absolutePath("/a/../b").string(), std::string("/a/../b"));
        QCOMPARE(absolutePath("a").string(), (std::filesystem::current_path() / "a").string());
    }

    void withoutAWorkingFolderAPathStays()
    {
        const ::pid_t child = ::fork();
        if (child == 0) {
            const auto gone = file("gone");
            std::filesystem::create_directory(gone);
            std::filesystem::current_path(gone);
            std::filesystem::remove(gone);
            ::_exit(absolutePath("a") == "a" ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QCOMPARE(status, 0);
    }

    void cacheFolders()
    {
        const auto keep = [](const char* name) { return qgetenv(name); };
        const QByteArray own = keep("MILLRACE_CACHE");
        const QByteArray xdg = keep("XDG_CACHE_HOME");
        qputenv("MILLRACE_CACHE", "/a");
        qputenv("XDG_CACHE_HOME", "/b");
        QCOMPARE(cacheFolder().string(), std::string("/a"));
        qputenv("MILLRACE_CACHE", "");
        QCOMPARE(cacheFolder().string(), std::string("/b/millrace"));
        qunsetenv("XDG_CACHE_HOME");
        QCOMPARE(cacheFolder().string(), qgetenv("HOME").toStdString() + "/.cache/millrace");
        qputenv("MILLRACE_CACHE", own);
        qputenv("XDG_CACHE_HOME", xdg);
    }

private:
    [[nodiscard]] std::filesystem::path file(const std::string& name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }
    void write(const std::string& name, const std::string& content) const
    {
        std::ofstream(file(name)) << content;
    }
    [[nodiscard]] std::size_t entries() const
    {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry :
             std::filesystem::directory_iterator(m_folder->path().toStdString()))
            ++count;
        return count;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestFile)
#include "tst_file.moc"
