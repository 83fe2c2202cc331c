// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "base/Log.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace millrace
{

class TestLog : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void linesHaveTheirTimeAndStayLines()
    {
        {
            auto log = Log::open({file("node.log")});
            QVERIFY(log);
            log->write("serving");
            log->write("a name\nwith a break {} %v");
        }
        const QRegularExpression form(QStringLiteral(
            "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ serving\n"
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ a name with a break \\{\\} %v\n$"));
        QVERIFY(form.match(QString::fromStdString(content("node.log"))).hasMatch());
    }

    void linesAreWrittenAtOnceAndAppended()
    {
        std::ofstream(file("node.log")) << "before\n";
        auto log = Log::open({file("node.log")});
        QVERIFY(log);
        log->write("after");
        QVERIFY(content("node.log").starts_with("before\n"));
        QVERIFY(content("node.log").ends_with(" after\n"));
    }

    void onlyTheOwnerMayRead()
    {
        std::ofstream(file("old.log")) << "x";
        ::chmod(file("old.log").c_str(), 0644);
        for (const char* name : {"old.log", "new.log"}) {
            const auto before = ::umask(0);
            const auto log = Log::open({file(name)});
            ::umask(before);
            QVERIFY(log);
            struct stat entry {
            };
            QCOMPARE(::stat(file(name).c_str(), &entry), 0);
            QCOMPARE(entry.st_mode & 0777, mode_t{0600});
        }
    }

    void filesAreBounded()
    {
        {
            LogFile limits{file("node.log")};
            limits.bytes = 1000;
            limits.older = 2;
            limits.perSecond = 10000;
            auto log = Log::open(limits);
            QVERIFY(log);
            for (int i = 0; i < 2000; ++i)
                log->write("line " + std::to_string(i));
            log->write("the last");
        }
        const auto files = entriesOf(m_folder->path().toStdString());
        QCOMPARE(files.size(), std::size_t{3});
        for (const auto& one : files)
            QVERIFY(std::filesystem::file_size(one) <= 1000);
        QVERIFY(content("node.log").find("the last") != std::string::npos);
    }

    void aLinkIsNotFollowed()
    {
        QCOMPARE(::symlink("/dev/full", file("node.log").c_str()), 0);
        const auto log = Log::open({file("node.log")});
        QVERIFY(!log);
        QVERIFY(log.error().code == ErrorCode::Io);
    }

    void withoutAFolderThereIsNoLog()
    {
        QVERIFY(Log::open({file("none/node.log")}).error().code == ErrorCode::Io);
        QVERIFY(!std::filesystem::exists(file("none")));
    }

    /// What the program or a library writes past the log follows it from file to file.
    void standardErrorStaysTheFile()
    {
        const ::pid_t child = ::fork();
        if (child == 0) {
            LogFile limits{file("node.log"), StandardError::IsTheFile};
            limits.bytes = 1000;
            limits.perSecond = 1000;
            auto log = Log::open(limits);
            for (int i = 0; log && i < 100; ++i)
                log->write("line " + std::to_string(i));
            ::_exit(::write(STDERR_FILENO, "terminate called\n", 17) == 17 ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QCOMPARE(status, 0);
        QVERIFY(content("node.log").ends_with("terminate called\n"));
        QVERIFY(std::filesystem::exists(file("node.1.log")));
    }

    void theLastLinesAreKept()
    {
        LogFile limits{file("node.log")};
        limits.perSecond = 1000;
        auto log = Log::open(limits);
        QVERIFY(log);
        for (int i = 0; i < 600; ++i)
            log->write("line " + std::to_string(i));
        const auto recent = log->recent();
        QCOMPARE(recent.size(), std::size_t{500});
        QVERIFY(recent.front().ends_with("Z line 100"));
        QVERIFY(recent.back().ends_with("Z line 599"));
    }

    void aFloodIsCounted()
    {
        {
            auto log = Log::open({file("node.log")});
            QVERIFY(log);
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&log] {
                    for (int i = 0; i < 2500; ++i)
                        log->write("refused a stranger: no certificate");
                });
        }
        const std::string all = content("node.log");
        QVERIFY(all.size() < 10000);
        QVERIFY(all.find(" more like this: refused a stranger") != std::string::npos);
    }

    void aFullDiskEndsNothing()
    {
        const ::pid_t child = ::fork();
        if (child == 0) {
            const int full = ::open("/dev/full", O_WRONLY);
            ::dup2(full, STDERR_FILENO);
            Log log = Log::toStandardError();
            log.write("to nobody");
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QCOMPARE(status, 0);
    }

private:
    [[nodiscard]] std::filesystem::path file(const std::string& name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }
    [[nodiscard]] std::string content(const std::string& name) const
    {
        return readFile(file(name)).value_or("");
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestLog)
#include "tst_log.moc"
