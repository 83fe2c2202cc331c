// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/Window.h"

#include <QAction>
#include <QLabel>
#include <QRegularExpression>

namespace millrace::test
{
Window::Window(const QString& settingsFile)
    : m_answers(std::make_shared<Answers>()),
      m_window(std::make_unique<ui::MainWindow>(
          std::make_unique<FakePrompts>(m_answers),
          std::make_unique<QSettings>(settingsFile, QSettings::IniFormat)))
{
    m_window->show();
}

void Window::trigger(const char* action)
{
    auto* found = child<QAction>(action);
    QVERIFY2(found != nullptr, action);
    QVERIFY2(found->isEnabled(), action);
    found->trigger();
}

QString Window::message()
{
    return child<QLabel>("messageText")->text();
}

bool Window::isPlanned()
{
    return isIdle() && snapshot().plan && snapshot().plan->hasStages();
}

bool Window::isIdle()
{
    ui::Document& document = m_window->document();
    return !document.loadJob().isRunning() && !document.measureJob().isRunning() &&
           !document.exportJob().isRunning() && !document.planJob().isRunning() &&
           !snapshot().planning;
}

void Window::openExample()
{
    m_window->start({});
    QTRY_VERIFY_WITH_TIMEOUT(isPlanned(), 60000);
}

void failOnWarnings()
{
    QTest::failOnWarning(QRegularExpression(
        QStringLiteral("^(?!This plugin does not support propagateSizeHints|QStandardPaths)")));
}

void useOwnCache(const QTemporaryDir& folder)
{
    qputenv("MILLRACE_CACHE", folder.path().toUtf8());
    qputenv("MILLRACE_STATE", folder.filePath(QStringLiteral("state")).toUtf8());
}

} // namespace millrace::test
