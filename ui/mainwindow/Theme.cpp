// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/Theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QStyleFactory>

namespace millrace::ui
{
namespace
{

constexpr uint kPrefersDark = 1; // org.freedesktop.appearance color-scheme

QString portal()
{
    return QStringLiteral("org.freedesktop.portal.Desktop");
}
QString portalPath()
{
    return QStringLiteral("/org/freedesktop/portal/desktop");
}
QString settingsInterface()
{
    return QStringLiteral("org.freedesktop.portal.Settings");
}
QString appearance()
{
    return QStringLiteral("org.freedesktop.appearance");
}
QString colourScheme()
{
    return QStringLiteral("color-scheme");
}

QPalette darkPalette()
{
    const QColor window(0x2b, 0x2d, 0x30), base(0x1f, 0x20, 0x23), text(0xe3, 0xe4, 0xe6);
    QPalette palette(QColor(0x3a, 0x3d, 0x41), window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, QColor(0x26, 0x28, 0x2b));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::PlaceholderText, QColor(0x9a, 0x9e, 0xa5));
    palette.setColor(QPalette::ToolTipBase, QColor(0x3a, 0x3d, 0x41));
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Highlight, QColor(0x2f, 0x6f, 0xb5));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x6c, 0xb2, 0xff));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(0x7d, 0x81, 0x87));
    return palette;
}

QPalette lightPalette()
{
    QPalette palette(QColor(0xf0, 0xf1, 0xf3), QColor(0xf5, 0xf6, 0xf7));
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::AlternateBase, QColor(0xf6, 0xf7, 0xf9));
    palette.setColor(QPalette::PlaceholderText, QColor(0x6a, 0x6f, 0x76));
    palette.setColor(QPalette::ToolTipBase, QColor(0xff, 0xf6, 0xdc));
    palette.setColor(QPalette::ToolTipText, Qt::black);
    palette.setColor(QPalette::Highlight, QColor(0x2f, 0x6f, 0xb5));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(0x97, 0x9b, 0xa1));
    return palette;
}

} // namespace

ThemeSwitch::ThemeSwitch(QObject* parent) : QObject(parent), m_platform(QApplication::palette())
{
    QDBusConnection::sessionBus().connect(portal(), portalPath(), settingsInterface(),
                                          QStringLiteral("SettingChanged"), this,
                                          SLOT(desktopChanged(QString, QString, QDBusVariant)));
    askDesktop();
}

void ThemeSwitch::askDesktop()
{
    QDBusMessage question = QDBusMessage::createMethodCall(
        portal(), portalPath(), settingsInterface(), QStringLiteral("Read"));
    question << appearance() << colourScheme();
    auto* answer =
        new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        answer->deleteLater();
        if (!reply.isError())
            desktopChanged(appearance(), colourScheme(), reply.value());
    });
}

void ThemeSwitch::desktopChanged(const QString& group, const QString& key,
                                 const QDBusVariant& value)
{
    if (group != appearance() || key != colourScheme())
        return;
    // Read() wraps the value once more than SettingChanged does.
    const QVariant inner = value.variant();
    const uint scheme = inner.canConvert<QDBusVariant>()
                            ? inner.value<QDBusVariant>().variant().toUInt()
                            : inner.toUInt();
    m_desktopIsDark = scheme == kPrefersDark;
    apply();
}

void ThemeSwitch::set(Theme theme)
{
    m_theme = theme;
    apply();
}

void ThemeSwitch::apply()
{
    const bool dark = m_theme == Theme::Dark || (m_theme == Theme::System && m_desktopIsDark);
    if (m_theme == Theme::System && !m_desktopIsDark)
        QApplication::setPalette(m_platform);
    else
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

} // namespace millrace::ui
