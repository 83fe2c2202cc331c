// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/LinkPage.h"

#include "ui/models/Figures.h"

#include <QFormLayout>

namespace millrace::ui
{

LinkPage::LinkPage(QWidget* parent)
    : QWidget(parent), m_title(new QLabel),
      m_bandwidth(
          new QuantityEdit(QStringLiteral("bandwidth"), tr("Bandwidth"), bandwidthQuantity())),
      m_delay(new QLineEdit), m_occupancy(new QLineEdit),
      m_both(new QCheckBox(tr("Change both directions"))),
      m_opposite(new QPushButton(tr("Show the Opposite Direction"))), m_usage(new QLabel),
      m_worth(new QLabel)
{
    auto* form = new QFormLayout(this);
    form->setContentsMargins(8, 8, 8, 8);
    form->addRow(m_title);
    form->addRow(tr("Bandwidth"), m_bandwidth);
    form->addRow(tr("Delay"), m_delay);
    form->addRow(tr("Per message"), m_occupancy);
    form->addRow(m_both);
    form->addRow(m_opposite);
    form->addRow(m_usage);
    form->addRow(m_worth);
    m_title->setTextFormat(Qt::PlainText);
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_bandwidth->setToolTip(tr("What applications get; 0 for no link"));
    m_delay->setObjectName(QStringLiteral("linkDelay"));
    m_delay->setAccessibleName(tr("Delay"));
    m_delay->setToolTip(tr("Propagation, one way: 2 ms"));
    m_occupancy->setObjectName(QStringLiteral("linkOccupancy"));
    m_occupancy->setAccessibleName(tr("Per message"));
    m_occupancy->setToolTip(tr("What each message costs the sender beside its bytes: 100 us"));
    m_both->setObjectName(QStringLiteral("linkBoth"));
    m_both->setChecked(true);
    m_opposite->setObjectName(QStringLiteral("linkOpposite"));
    m_usage->setWordWrap(true);
    m_usage->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_worth->setObjectName(QStringLiteral("linkWorth"));
    m_worth->setAccessibleName(tr("What it would bring"));
    m_worth->setTextFormat(Qt::RichText);
    m_worth->setContentsMargins(0, 8, 0, 0);
    m_worth->setWordWrap(true);
    m_worth->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const auto bandwidth = [this](double bits, const QString& key) {
        cluster::Link next = link();
        next.bandwidth = BitsPerSecond{bits};
        request(next, key);
    };
    connect(m_bandwidth, &QuantityEdit::typed, this, [bandwidth](double v) { bandwidth(v, {}); });
    connect(m_bandwidth, &QuantityEdit::dragged, this,
            [this, bandwidth](double v) { bandwidth(v, QString(u"bandwidth/" + name())); });
    connect(m_bandwidth, &QuantityEdit::refused, this, &LinkPage::editRefused);
    connect(m_delay, &QLineEdit::editingFinished, this,
            [this] { setDuration(m_delay, &cluster::Link::delay); });
    connect(m_occupancy, &QLineEdit::editingFinished, this,
            [this] { setDuration(m_occupancy, &cluster::Link::occupancy); });
    connect(m_opposite, &QPushButton::clicked, this, &LinkPage::oppositeRequested);
}

/// A field that loses its focus by going away finishes no edit.
LinkPage::~LinkPage()
{
    for (QObject* child : findChildren<QObject*>())
        child->disconnect(this);
}

cluster::Link LinkPage::link() const
{
    return m_snapshot.cluster->link(m_ends.from, m_ends.to);
}

QString LinkPage::name() const
{
    const auto& devices = m_snapshot.cluster->devices;
    return QString(QString::fromStdString(devices[m_ends.from.index()].name) + u" > " +
                   QString::fromStdString(devices[m_ends.to.index()].name));
}

void LinkPage::setDuration(QLineEdit* field, Seconds cluster::Link::*member)
{
    cluster::Link next = link();
    const auto value = parseDuration(field->text().toStdString());
    if (!value) {
        const QString typed = field->text();
        field->setText(QString::fromStdString(exactDuration(next.*member)));
        return emit editRefused(tr("Cannot use \"%1\". %2.").arg(typed, reasonOf(value.error())));
    }
    if (*value == next.*member)
        return;
    next.*member = *value;
    request(next, {});
}

void LinkPage::request(const cluster::Link& next, const QString& mergeKey)
{
    auto cluster = cluster::withLink(*m_snapshot.cluster, m_ends.from, m_ends.to, next);
    if (cluster && m_both->isChecked())
        cluster = cluster::withLink(std::move(*cluster), m_ends.to, m_ends.from, next);
    if (cluster)
        emit editRequested(*cluster, tr("change link %1").arg(name()), mergeKey);
    else
        emit editRefused(
            tr("Cannot change the link %1. %2.").arg(name(), reasonOf(cluster.error())));
}

QString LinkPage::usage() const
{
    if (!m_snapshot.plan || !m_snapshot.plan->hasStages())
        return {};
    for (const auto& [at, hop] : m_snapshot.plan->hops())
        if (hop.from == m_ends.from && hop.to == m_ends.to)
            return tr("<p>The plan sends <b>%1</b> for each request, in <b>%2</b>: %3 of the "
                      "bottleneck.</p>")
                .arg(figure(hop.bytes), figure(hop.seconds),
                     percent(hop.seconds.value /
                             std::max(1e-300, m_snapshot.plan->bottleneckTime.value)));
    return tr("The plan sends nothing this way.");
}

void LinkPage::show(const Snapshot& snapshot, const LinkEnds& ends)
{
    const bool other = !(ends == m_ends) || !m_snapshot.cluster;
    m_snapshot = snapshot;
    m_ends = ends;
    m_title->setText(name());
    if (other)
        m_bandwidth->reset(link().bandwidth.value);
    else
        m_bandwidth->setValue(link().bandwidth.value);
    const auto setField = [other](QLineEdit* field, Seconds value) {
        if (other || !field->hasFocus() || !field->isModified())
            field->setText(QString::fromStdString(exactDuration(value)));
    };
    setField(m_delay, link().delay);
    setField(m_occupancy, link().occupancy);
    m_usage->setText(usage());
}

void LinkPage::showWorth(const QString& html)
{
    m_worth->setText(html);
    m_worth->setVisible(!html.isEmpty());
}

} // namespace millrace::ui
