// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/LiveRelease.h"

#include "deploy/UnixTime.h"
#include "ui/models/Figures.h"
#include "work/Traffic.h"

namespace millrace::ui
{
namespace
{

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

std::optional<deploy::Release> newestThatRuns()
{
    for (const deploy::ReleaseHeader& header : deploy::releaseHeaders())
        if (!header.owner && work::mayServe(header))
            if (auto release = deploy::readRelease(header))
                return std::move(*release);
    return {};
}

} // namespace

LiveRelease::LiveRelease(QObject* parent) : QObject(parent)
{
    for (JobRunner* job : {&m_workJob, &m_trafficJob}) {
        connect(job, &JobRunner::started, this, &LiveRelease::changed);
        connect(job, &JobRunner::stopped, this, &LiveRelease::changed);
    }
}

/// Jobs end with their runners; what they still say of it is not for a half-gone object.
LiveRelease::~LiveRelease()
{
    for (JobRunner* job : {&m_workJob, &m_trafficJob})
        job->disconnect(this);
}

void LiveRelease::findRunning()
{
    using Found = std::optional<deploy::Release>;
    m_findJob.start<Found>(
        [](const std::stop_token&, ProgressSink&) {
            // A window that was killed while it deployed leaves runners.
            deploy::removeAbandoned();
            return newestThatRuns();
        },
        [this](Found release) {
            if (!release || m_release || m_work != Work::None)
                return;
            watch(std::move(*release));
            emit found();
        });
}

void LiveRelease::watch(deploy::Release release)
{
    m_history = WatchHistory(watchWindow(release.plan.bottleneckTime, release.dilation));
    m_status.reset();
    m_link = Link::Connecting;
    m_linkTrouble.clear();
    m_release = std::move(release);
    emit releaseChanged();
    emit changed();
    m_lastEvent = {};
    ask();
}

/// Anew where the release's processes are others than before.
void LiveRelease::ask()
{
    m_watchJob.start<bool>(
        [this, release = *m_release](const std::stop_token& stop, ProgressSink&) {
            watchGateway(
                release, stop,
                [this](runtime::LiveStatus status, work::State state) {
                    m_watchJob.post(
                        [this, status = std::move(status), state] { take(status, state); });
                },
                [this](const GatewayLoss& loss) {
                    m_watchJob.post([this, loss] { loseLink(loss); });
                });
            return true;
        },
        [](bool) {});
}

void LiveRelease::forget()
{
    m_watchJob.cancel();
    m_release.reset();
    m_status.reset();
    emit releaseChanged();
}

void LiveRelease::take(runtime::LiveStatus status, work::State state)
{
    if (!m_release)
        return;
    if (m_link == Link::Lost)
        emit eventArrived(
            {deploy::unixSeconds(), EventTone::Good, {}, tr("The gateway answers again."), {}});
    const bool isNew = m_link != Link::Connected;
    m_link = Link::Connected;
    m_deadNodes = 0;
    m_history.add(status);
    for (const runtime::Event& event : status.events) {
        const std::pair seen{status.incarnation, event.number};
        if (m_lastEvent.first == seen.first && m_lastEvent.second >= seen.second)
            continue;
        m_lastEvent = seen;
        emit eventArrived(watchEvent(*m_release, event));
    }
    status.events.clear();
    m_status = std::move(status);
    m_state = state;
    if (isNew)
        emit changed();
    emit statusArrived();
}

void LiveRelease::loseLink(const GatewayLoss& loss)
{
    if (!m_release || m_work == Work::Removing)
        return;
    if (loss.isRemoved && m_work == Work::None) {
        emit done(tr("%1 is gone: it was undeployed elsewhere.").arg(text(m_release->id)));
        return forget();
    }
    const bool isNew = m_link != Link::Lost;
    m_history.addGap();
    m_link = Link::Lost;
    m_linkTrouble = reasonOf(loss.error);
    m_deadNodes = loss.deadNodes;
    if (isNew)
        emit eventArrived({deploy::unixSeconds(),
                           EventTone::Trouble,
                           {},
                           tr("The gateway does not answer. Trying again."),
                           m_linkTrouble});
    emit changed();
}

void LiveRelease::startSending()
{
    if (!m_release || m_work != Work::None || m_trafficJob.isRunning())
        return;
    using Outcome = Result<work::TrafficCounts>;
    m_trafficJob.start<Outcome>(
        [release = *m_release](const std::stop_token& stop, ProgressSink&) {
            return work::sendTraffic(release, {}, stop);
        },
        [this](const Outcome& outcome) {
            if (!outcome)
                emit failed(tr("The test requests ended. %1. Start them again when the release "
                               "serves.")
                                .arg(reasonOf(outcome.error())));
            quietNow();
        });
}

void LiveRelease::stopSending()
{
    m_trafficJob.cancel();
}

void LiveRelease::whenQuiet(std::function<void()> then)
{
    stopSending();
    m_whenQuiet.push_back(std::move(then));
    quietNow();
}

void LiveRelease::quietNow()
{
    if (m_work != Work::None || m_trafficJob.isRunning())
        return;
    for (const auto& then : std::exchange(m_whenQuiet, {}))
        then();
}

} // namespace millrace::ui
