// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Interrupt.h"
#include "deploy/Release.h"
#include "ui/dialogs/DialogPrompts.h"
#include "ui/mainwindow/Application.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/MessageLog.h"

#include <QCommandLineParser>
#include <QIcon>
#include <QLibraryInfo>
#include <QLocale>
#include <QStyleFactory>
#include <QTranslator>

#include <cstdio>
#include <memory>
#include <optional>

namespace
{

using millrace::ui::StartRequest;

/// The window's language, Qt's own words included. English comes first, for its plurals and for
/// what another catalogue lacks.
void installTranslators(QApplication& app, const QSettings& settings)
{
    const QString chosen = settings.value(QStringLiteral("language")).toString();
    const QLocale locale = chosen.isEmpty() ? QLocale::system() : QLocale(chosen);
    const QString ours = QStringLiteral(":/i18n");
    const auto install = [&app](const QLocale& language, const char* name, const QString& folder) {
        auto* translator = new QTranslator(&app);
        if (translator->load(language, QLatin1String(name), QStringLiteral("_"), folder))
            QCoreApplication::installTranslator(translator);
    };
    install(QLocale(QLocale::English), "millrace", ours);
    install(locale, "qtbase", QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    install(locale, "millrace", ours);
}

/// None after a line on stderr.
std::optional<StartRequest> startRequest(const QApplication& app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "main", "Plans a neural network onto small, unlike computers."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("file"),
        QCoreApplication::translate("main", "A project or an ONNX model to open."),
        QStringLiteral("[PROJECT | MODEL [CLUSTER]]"));
    const QCommandLineOption dim(
        QStringLiteral("dim"),
        QCoreApplication::translate("main", "Binds a free dimension of the model."),
        QStringLiteral("NAME=N"));
    parser.addOption(dim);
    parser.process(app);
    StartRequest request;
    const QStringList files = parser.positionalArguments();
    if (files.size() > 2) {
        std::fputs("error: at most a model and a cluster can be opened; see --help\n", stderr);
        return {};
    }
    request.file = files.value(0);
    request.cluster = files.value(1);
    for (const QString& given : parser.values(dim)) {
        bool isNumber = false;
        const auto size = given.section(QLatin1Char('='), 1).toLongLong(&isNumber);
        if (!isNumber || size < 1) {
            std::fprintf(stderr, "error: --dim %s: give a name and a size, as in --dim batch=1\n",
                         qPrintable(given));
            return {};
        }
        request.dims[given.section(QLatin1Char('='), 0, 0).toStdString()] = size;
    }
    return request;
}

} // namespace

int main(int argc, char* argv[])
{
    millrace::ignoreBrokenPipes();
    millrace::ui::Application app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("Millrace"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MILLRACE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.millrace.Millrace"));
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/millrace.svg")));
    auto settings =
        std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope,
                                    QStringLiteral("millrace"), QStringLiteral("millrace"));
    installTranslators(app, *settings);
    const auto request = startRequest(app);
    if (!request)
        return 2;
    const millrace::ui::MessageLog log(millrace::deploy::stateFolder());
    millrace::ui::MainWindow window(std::make_unique<millrace::ui::DialogPrompts>(),
                                    std::move(settings));
    window.setLog(log);
    window.start(*request);
    window.show();
    return QApplication::exec();
}
