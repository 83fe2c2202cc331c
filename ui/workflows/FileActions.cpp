// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workflows/FileActions.h"

#include <QDir>
#include <QFileInfo>

namespace millrace::ui
{
namespace
{

constexpr int kMaxRecent = 10;

QString recentKey()
{
    return QStringLiteral("recentFiles");
}

std::filesystem::path fsPath(const QString& path)
{
    return path.toStdString();
}

} // namespace

FileActions::FileActions(Document& document, Prompts& prompts, QSettings& settings,
                         std::function<Json()> windowState, QWidget* window)
    : QObject(window), m_document(document), m_prompts(prompts), m_settings(settings),
      m_windowState(std::move(windowState)), m_window(window), m_recentMenu(new QMenu(window))
{
    m_recentMenu->setTitle(tr("Open &Recent"));
    m_recentMenu->setObjectName(QStringLiteral("recentMenu"));
    connect(m_recentMenu, &QMenu::aboutToShow, this, &FileActions::fillRecentMenu);
    connect(&m_document, &Document::dimsNeeded, this,
            [this](const QString& path, const QStringList& names) {
                m_prompts.dimensions(
                    m_window, QFileInfo(path).fileName(), names,
                    [this, path](const auto& dims) { m_document.openModel(fsPath(path), dims); });
            });
}

QString FileActions::folder() const
{
    const QStringList files = recent();
    return files.isEmpty() ? QDir::homePath() : QFileInfo(files.front()).absolutePath();
}

QStringList FileActions::recent() const
{
    return m_settings.value(recentKey()).toStringList();
}

void FileActions::remember(const QString& path)
{
    QStringList files = recent();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    m_settings.setValue(recentKey(), files.mid(0, kMaxRecent));
}

void FileActions::fillRecentMenu()
{
    m_recentMenu->clear();
    for (const QString& file : recent())
        m_recentMenu->addAction(QDir::toNativeSeparators(file), this,
                                [this, file] { openPath(file); });
    if (m_recentMenu->isEmpty())
        m_recentMenu->addAction(tr("No files yet"))->setEnabled(false);
    m_recentMenu->addSeparator();
    m_recentMenu->addAction(tr("Clear List"), this, [this] { m_settings.remove(recentKey()); });
}

void FileActions::openModelAt(const QString& path)
{
    whenSaved([this, path] {
        remember(path);
        m_document.openModel(fsPath(path), {});
    });
}

void FileActions::openProjectAt(const QString& path)
{
    whenSaved([this, path] {
        remember(path);
        m_document.openProject(fsPath(path));
    });
}

void FileActions::openClusterAt(const QString& path)
{
    remember(path);
    m_document.openCluster(fsPath(path)); // an edit like any other: undo brings the old one back
}

void FileActions::openModel()
{
    m_prompts.openFile(m_window,
                       {tr("Open Model"), tr("ONNX models (*.onnx);;All files (*)"), folder(), {}},
                       [this](const QString& path) { openModelAt(path); });
}

void FileActions::openCluster()
{
    m_prompts.openFile(
        m_window,
        {tr("Open Cluster"), tr("Cluster files (*.yaml *.yml);;All files (*)"), folder(), {}},
        [this](const QString& path) { openClusterAt(path); });
}

void FileActions::openProject()
{
    m_prompts.openFile(
        m_window,
        {tr("Open Project"), tr("Millrace projects (*.millrace);;All files (*)"), folder(), {}},
        [this](const QString& path) { openProjectAt(path); });
}

void FileActions::openExample()
{
    whenSaved([this] { m_document.openExample(); });
}

void FileActions::openPath(const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("millrace"))
        return openProjectAt(path);
    if (suffix == QLatin1String("yaml") || suffix == QLatin1String("yml"))
        return openClusterAt(path);
    openModelAt(path); // loading says what is wrong with anything else
}

void FileActions::save(const std::function<void()>& then)
{
    if (m_document.projectFile().empty())
        return saveAs(then);
    if (m_document.saveProject(m_document.projectFile(), m_windowState()) && then)
        then();
}

void FileActions::saveAs(const std::function<void()>& then)
{
    const auto& model = m_document.model();
    const QString name = m_document.isExample() || !model
                             ? QStringLiteral("example")
                             : QString::fromStdString(model->path().stem().string());
    const QString suggested = QDir(folder()).filePath(name + QStringLiteral(".millrace"));
    m_prompts.saveFile(m_window,
                       {tr("Save Project"), tr("Millrace projects (*.millrace)"), suggested,
                        QStringLiteral("millrace")},
                       [this, then](const QString& path) {
                           if (!m_document.saveProject(fsPath(path), m_windowState()))
                               return;
                           remember(path);
                           if (then)
                               then();
                       });
}

void FileActions::exportPlan()
{
    m_prompts.saveFile(m_window,
                       {tr("Export Plan"), tr("Plans (*.json)"),
                        QDir(folder()).filePath(QStringLiteral("plan.json")),
                        QStringLiteral("json")},
                       [this](const QString& path) { m_document.exportPlan(fsPath(path)); });
}

void FileActions::exportProblem()
{
    m_prompts.saveFile(m_window,
                       {tr("Export Problem"), tr("Problems (*.json)"),
                        QDir(folder()).filePath(QStringLiteral("problem.json")),
                        QStringLiteral("json")},
                       [this](const QString& path) { m_document.exportProblem(fsPath(path)); });
}

void FileActions::exportCluster()
{
    m_prompts.saveFile(m_window,
                       {tr("Export Cluster"), tr("Cluster files (*.yaml)"),
                        QDir(folder()).filePath(QStringLiteral("cluster.yaml")),
                        QStringLiteral("yaml")},
                       [this](const QString& path) { m_document.exportCluster(fsPath(path)); });
}

void FileActions::exportStages()
{
    m_prompts.openFolder(m_window, {tr("Export Stage Models To"), {}, folder(), {}},
                         [this](const QString& path) { m_document.exportStages(fsPath(path)); });
}

void FileActions::whenSaved(const std::function<void()>& then)
{
    if (!m_document.isModified())
        return then();
    m_prompts.unsaved(m_window, m_document.title(), [this, then](UnsavedAnswer answer) {
        if (answer == UnsavedAnswer::Save)
            save(then);
        else
            then();
    });
}

} // namespace millrace::ui
