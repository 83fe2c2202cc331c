// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stage/NodeLog.h"
#include "base/File.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

namespace millrace::stage
{

class TestNodeLog : public QObject
{
    Q_OBJECT
private slots:
    void standardErrorIntoNodeLogIsKeptWithinBounds()
    {
        const QTemporaryDir folder;
        const auto log = path(folder, "node.log");
        std::ofstream(log) << std::string(5 << 20, 'x') << '\n'; // of a runner long ago
        QVERIFY(withStandardError(log, [&folder] {
            Log node = openNodeLog(path(folder, ""));
            node.write("serving");
            [[maybe_unused]] const auto written = ::write(STDERR_FILENO, "abort\n", 6);
        }));
        QVERIFY(readFile(log).value().ends_with("Z serving\nabort\n"));
        QVERIFY(std::filesystem::file_size(log) < 100);
        QCOMPARE(std::filesystem::file_size(path(folder, "node.1.log")),
                 (std::uintmax_t{5} << 20) + 1);
    }

    void elsewhereStandardErrorStays()
    {
        const QTemporaryDir folder;
        const auto other = path(folder, "other.log");
        QVERIFY(withStandardError(other, [&folder] {
            Log node = openNodeLog(path(folder, ""));
            node.write("serving");
        }));
        QVERIFY(!std::filesystem::exists(path(folder, "node.log")));
        QVERIFY(readFile(other).value().ends_with("Z serving\n"));
    }

private:
    static std::filesystem::path path(const QTemporaryDir& folder, const char* name)
    {
        return std::filesystem::path(folder.path().toStdString()) / name;
    }
    /// Does the work in a process whose standard error is this file.
    static bool withStandardError(const std::filesystem::path& file,
                                  const std::function<void()>& work)
    {
        const ::pid_t child = ::fork();
        if (child == 0) {
            const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            ::dup2(opened, STDERR_FILENO);
            work();
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status == 0;
    }
};

} // namespace millrace::stage

QTEST_GUILESS_MAIN(millrace::stage::TestNodeLog)
#include "tst_node_log.moc"
