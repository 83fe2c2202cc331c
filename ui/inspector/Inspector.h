// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `inspector`: what is selected, to see and to change. It gets snapshots and the shared
/// selection, and asks for edits.
#pragma once

#include "ui/models/Selection.h"
#include "ui/models/Snapshot.h"

#include <QComboBox>
#include <QStackedWidget>
#include <QTextBrowser>

namespace millrace::ui
{

class DevicePage;
class LinkPage;
class WorthSearch;

/// A page for each kind of selection; the model, cluster and plan when there is none. What changes
/// of the selected device or link would bring is worked out in the background. GUI thread only.
class Inspector : public QStackedWidget
{
    Q_OBJECT
public:
    explicit Inspector(QWidget* parent = nullptr);
    ~Inspector() override;
    void setSnapshot(const Snapshot& snapshot);
    void setSelection(Selection* selection); ///< not owned
    /// The text of the page for layers, tensors and the whole; for tests.
    [[nodiscard]] QString text() const { return m_text->toPlainText(); }

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);
    void pinRequested(millrace::LayerId layer, std::optional<millrace::DeviceId> device);

private:
    void refresh();
    void showText(const QString& html);
    void showPin(LayerId layer);
    void showWorth();
    [[nodiscard]] QWidget* scrolled(QWidget* page);

    Snapshot m_snapshot;
    Selection* m_selection = nullptr;
    QWidget* m_textPage;
    QWidget* m_pinRow;
    QComboBox* m_pin;
    QTextBrowser* m_text;
    QString m_html;
    DevicePage* m_device;
    LinkPage* m_link;
    WorthSearch* m_worth;
};

} // namespace millrace::ui
