// SPDX-License-Identifier: GPL-3.0-or-later
#include "Ctl.h"

#include <QFile>
#include <QProcess>
#include <QTest>

#include <signal.h>

#include <chrono>

namespace millrace::test
{
namespace
{

constexpr std::chrono::duration<int, std::milli> kPatience{120'000};

Outcome finished(QProcess& process)
{
    Outcome outcome;
    if (process.waitForFinished(kPatience.count()) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

} // namespace

QJsonDocument Outcome::json() const
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(out, &error);
    if (document.isNull())
        qWarning("standard output is no JSON document: %s\n%s", qPrintable(error.errorString()),
                 out.left(500).constData());
    return document;
}

bool Outcome::hasOneErrorLine() const
{
    return err.startsWith("error: ") && err.endsWith('\n') && err.count('\n') == 1;
}

QByteArray Outcome::all() const
{
    return "exit code " + QByteArray::number(code) + "\n" + out.left(2000) + err;
}

Ctl::Ctl()
{
    qputenv("MILLRACE_CACHE", path(QStringLiteral("cache")).toUtf8());
}

Outcome Ctl::operator()(const QStringList& arguments) const
{
    QProcess process;
    start(process, arguments);
    return finished(process);
}

Outcome Ctl::into(const QString& file, const QStringList& arguments) const
{
    QProcess process;
    process.setStandardOutputFile(file);
    start(process, arguments);
    return finished(process);
}

Outcome Ctl::interruptedOnce(const QString& file, const QStringList& arguments) const
{
    QProcess process;
    start(process, arguments);
    const bool seen = QTest::qWaitFor([&] { return QFile::exists(path(file)); }, kPatience.count());
    if (!seen)
        qWarning("%s never came", qPrintable(file));
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    return finished(process);
}

void Ctl::start(QProcess& process, const QStringList& arguments) const
{
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral(MILLRACE_BIN "/millracectl"), arguments);
    process.waitForStarted();
}

void Ctl::write(const QString& name, const QByteArray& content) const
{
    QFile file(path(name));
    QVERIFY2(file.open(QIODevice::WriteOnly) && file.write(content) == content.size(),
             qPrintable(name));
}

QByteArray Ctl::read(const QString& name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace millrace::test
