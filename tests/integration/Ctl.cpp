// SPDX-License-Identifier: GPL-3.0-or-later
#include "Ctl.h"

#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTest>

#include <chrono>

namespace millrace::test
{
namespace
{

const QString kProgram = QStringLiteral(MILLRACE_BIN "/millracectl");
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
    qputenv("MILLRACE_STATE", path(QStringLiteral("state")).toUtf8());
}

Outcome Ctl::operator()(const QStringList& arguments) const
{
    QProcess process;
    start(process, kProgram, arguments);
    return finished(process);
}

void Ctl::begin(QProcess& process, const QStringList& arguments) const
{
    start(process, kProgram, arguments);
}

Outcome Ctl::end(QProcess& process)
{
    return finished(process);
}

Outcome Ctl::into(const QString& file, const QStringList& arguments) const
{
    QProcess process;
    process.setStandardOutputFile(file);
    start(process, kProgram, arguments);
    return finished(process);
}

Outcome Ctl::shell(const QString& line) const
{
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PATH"), QStringLiteral(MILLRACE_BIN ":") +
                                                   environment.value(QStringLiteral("PATH")));
    process.setProcessEnvironment(environment);
    start(process, QStringLiteral("/bin/sh"), {QStringLiteral("-c"), line});
    return finished(process);
}

void Ctl::start(QProcess& process, const QString& program, const QStringList& arguments) const
{
    process.setWorkingDirectory(m_folder.path());
    process.start(program, arguments);
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
