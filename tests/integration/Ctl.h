// SPDX-License-Identifier: GPL-3.0-or-later
/// Runs the built millracectl in a folder of its own and keeps what it said.
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>
#include <QTemporaryDir>

class QProcess;

namespace millrace::test
{

struct Outcome {
    int code = -1; ///< -1: crashed, or did not end
    QByteArray out, err;

    /// The one JSON document on standard output; a null document fails the test at its first use.
    [[nodiscard]] QJsonDocument json() const;
    [[nodiscard]] QJsonObject object() const { return json().object(); }
    /// Whether it failed with this code, said nothing on standard output (unless it has a report)
    /// and one line "error: ..." on standard error.
    [[nodiscard]] bool hasOneErrorLine() const;
    /// For QVERIFY2: everything that was said.
    [[nodiscard]] QByteArray all() const;
};

/// A temporary folder that is millracectl's working directory and holds its cache and state.
class Ctl
{
public:
    Ctl();
    /// Runs to the end.
    [[nodiscard]] Outcome operator()(const QStringList& arguments) const;
    /// The same in two steps, to do something meanwhile.
    void begin(QProcess& process, const QStringList& arguments) const;
    [[nodiscard]] static Outcome end(QProcess& process);
    /// The same for a command whose standard output goes to this file.
    [[nodiscard]] Outcome into(const QString& file, const QStringList& arguments) const;
    /// The same for a line of the shell, in which millracectl is in the PATH.
    [[nodiscard]] Outcome shell(const QString& line) const;
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& content) const;
    [[nodiscard]] QByteArray read(const QString& name) const;

private:
    void start(QProcess& process, const QString& program, const QStringList& arguments) const;

    QTemporaryDir m_folder;
};

} // namespace millrace::test
