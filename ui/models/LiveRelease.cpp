// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/LiveRelease.h"

#include "deploy/LocalNodes.h"
#include "deploy/Traffic.h"
#include "ui/models/Figures.h"

#include <algorithm>

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
    for (deploy::Release& release : deploy::localReleases())
        if (release.kind == deploy::ReleaseKind::Local && !release.owner &&
            std::any_of(release.nodes.begin(), release.nodes.end(),
                        [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); }))
            return std::move(release);
    return {};
}

} // namespace

/// Hands the steps of a job to the GUI thread.
class LiveRelease::StepPost final : public deploy::StepSink
{
public:
    explicit StepPost(LiveRelease& live) : m_live(live) {}
    void step(const deploy::StepUpdate& update) override
    {
        m_live.m_workJob.post([&live = m_live, update] { emit live.stepArrived(update); });
    }

private:
    LiveRelease& m_live;
};

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
                [this](runtime::LiveStatus status) {
                    m_watchJob.post([this, status = std::move(status)] { take(status); });
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

void LiveRelease::take(runtime::LiveStatus status)
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

void LiveRelease::begin(Work work)
{
    m_findJob.cancel();
    stopSending();
    m_work = work;
}

void LiveRelease::end()
{
    m_work = Work::None;
    emit changed();
    quietNow();
}

void LiveRelease::deploy(const deploy::LocalDeployment& deployment)
{
    if (m_work != Work::None)
        return;
    begin(Work::Deploying);
    deploy::LocalDeployment asked = deployment;
    asked.runner = m_runner;
    using Outcome = Result<deploy::Release>;
    m_workJob.start<Outcome>(
        [this, asked = std::move(asked)](const std::stop_token& stop, ProgressSink&) {
            StepPost steps(*this);
            return deploy::deployLocal(asked, stop, steps);
        },
        [this](Outcome outcome) { deployed(std::move(outcome)); });
}

void LiveRelease::deployed(Result<deploy::Release> outcome)
{
    if (!outcome && outcome.error().code == ErrorCode::Cancelled)
        emit done(tr("Deploying was cancelled. What it began was undone."));
    else if (!outcome)
        emit failed(
            tr("Cannot deploy. %1. What it began was undone; mend the cause and deploy again.")
                .arg(reasonOf(outcome.error())));
    if (!outcome)
        return end();
    const std::optional<deploy::Release> before = m_release;
    watch(std::move(*outcome));
    emit done(tr("%1 serves.").arg(text(m_release->id)));
    if (before && before->id != m_release->id)
        return removeOther(*before);
    end();
}

/// The one that was watched before gives way only when the new one serves.
void LiveRelease::removeOther(const deploy::Release& release)
{
    using Outcome = Result<void>;
    m_workJob.start<Outcome>(
        [this, release](const std::stop_token& stop, ProgressSink&) {
            StepPost steps(*this);
            return deploy::undeployLocal(release, stop, steps);
        },
        [this, id = release.id](const Outcome& outcome) {
            if (!outcome)
                emit failed(tr("Cannot remove %1, which ran before. %2. Remove it with millracectl "
                               "undeploy.")
                                .arg(text(id), reasonOf(outcome.error())));
            end();
        });
}

void LiveRelease::cancelWork()
{
    if (m_work != Work::Removing)
        m_workJob.cancel();
}

void LiveRelease::restartDead()
{
    if (!m_release || m_work != Work::None)
        return;
    m_work = Work::Restarting; // requests under way wait for it
    using Outcome = Result<deploy::Release>;
    m_workJob.start<Outcome>(
        [this, release = *m_release](const std::stop_token& stop, ProgressSink&) {
            StepPost steps(*this);
            return deploy::restartDead(release, stop, steps);
        },
        [this](Outcome outcome) {
            if (!outcome && outcome.error().code == ErrorCode::Cancelled)
                emit done(tr("Starting what is down was cancelled."));
            else if (!outcome)
                emit failed(tr("Cannot start what is down. %1. Try again, or stop the release.")
                                .arg(reasonOf(outcome.error())));
            else {
                m_release = std::move(*outcome);
                ask();
            }
            end();
        });
}

void LiveRelease::remove(std::function<void()> then)
{
    if (!m_release || m_work != Work::None)
        return;
    begin(Work::Removing);
    using Outcome = Result<void>;
    m_workJob.start<Outcome>(
        [this, release = *m_release](const std::stop_token& stop, ProgressSink&) {
            StepPost steps(*this);
            return deploy::undeployLocal(release, stop, steps);
        },
        [this, then = std::move(then)](const Outcome& outcome) {
            if (!outcome) {
                emit failed(
                    tr("Cannot stop the release. %1. Try again.").arg(reasonOf(outcome.error())));
                return end();
            }
            const QString id = text(m_release->id);
            forget();
            emit done(tr("%1 was stopped. Nothing of it is left.").arg(id));
            end();
            if (then)
                then();
        });
}

void LiveRelease::startSending()
{
    if (!m_release || m_work != Work::None || m_trafficJob.isRunning())
        return;
    using Outcome = Result<deploy::TrafficCounts>;
    m_trafficJob.start<Outcome>(
        [release = *m_release](const std::stop_token& stop, ProgressSink&) {
            return deploy::sendTraffic(release, {}, stop);
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
