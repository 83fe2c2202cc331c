// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/FakePrompts.h"
#include "ui/mainwindow/MainWindow.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace millrace::test
{

/// The real main window with a cache, settings and answers of its own. The cache outlives it, so
/// that the example's model is generated once.
class Window
{
public:
    explicit Window(const QString& settingsFile);
    [[nodiscard]] ui::MainWindow* operator->() { return m_window.get(); }
    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] Answers& answers() { return *m_answers; }
    [[nodiscard]] const ui::Snapshot& snapshot() { return m_window->document().snapshot(); }
    template <class T>
    [[nodiscard]] T* child(const char* name)
    {
        return m_window->findChild<T*>(QLatin1String(name));
    }
    void trigger(const char* action);
    [[nodiscard]] QString message(); ///< of the message bar
    [[nodiscard]] bool isPlanned();  ///< a plan stands and none is searched
    [[nodiscard]] bool isIdle();     ///< neither loading nor planning
    void openExample();              ///< and waits for its plan

private:
    std::shared_ptr<Answers> m_answers;
    std::unique_ptr<ui::MainWindow> m_window;
};

/// Fails the running test on any Qt warning but what the offscreen platform itself says.
void failOnWarnings();

/// Points the cache and the releases at a folder of this process. To be called before the first
/// window.
void useOwnCache(const QTemporaryDir& folder);

} // namespace millrace::test
