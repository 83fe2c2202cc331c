// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with releases, here and over SSH; each a job.
#include "ui/models/Figures.h"
#include "ui/models/LiveRelease.h"
#include "ui/models/WindowAccess.h"

namespace millrace::ui
{
namespace
{

using deploy::ReleaseKind;
using Outcome = Result<deploy::Outcome>;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace

StepPost LiveRelease::steps()
{
    return {m_workJob, [this](const deploy::StepUpdate& update) { emit stepArrived(update); }};
}

void LiveRelease::begin(Work work, deploy::ReleaseKind kind)
{
    m_findJob.cancel();
    stopSending();
    m_work = work;
    m_workKind = kind;
}

void LiveRelease::end()
{
    m_work = Work::None;
    emit changed();
    quietNow();
}

void LiveRelease::deploy(const deploy::Deployment& deployment)
{
    if (m_work != Work::None)
        return;
    begin(Work::Deploying, deployment.kind);
    deploy::Deployment asked = deployment;
    asked.runner = m_runner;
    m_workJob.start<Outcome>(
        [this, asked = std::move(asked)](const std::stop_token& stop, ProgressSink&) {
            StepPost post = steps();
            WindowAccess window(m_questions, stop);
            deploy::LocalAccess here;
            deploy::HostAccess& access = asked.kind == ReleaseKind::Local
                                             ? static_cast<deploy::HostAccess&>(here)
                                             : window.access();
            return deploy::deploy(asked, access, stop, post);
        },
        [this](Outcome outcome) { deployed(std::move(outcome)); });
}

void LiveRelease::bringBack(const deploy::Release& release)
{
    if (m_work != Work::None)
        return;
    begin(Work::RollingBack, ReleaseKind::Ssh);
    m_workJob.start<Outcome>(
        [this, release](const std::stop_token& stop, ProgressSink&) {
            StepPost post = steps();
            WindowAccess window(m_questions, stop);
            return deploy::bringBack(release, window.access(), {}, stop, post);
        },
        [this](Outcome outcome) { deployed(std::move(outcome)); });
}

void LiveRelease::deployed(Outcome outcome)
{
    const bool isBack = m_work == Work::RollingBack;
    if (outcome)
        return serving(std::move(*outcome));
    const QString why = reasonOf(outcome.error());
    if (outcome.error().code == ErrorCode::Cancelled)
        emit cancelled(isBack ? tr("Going back was cancelled. What it began was undone.")
                              : tr("Deploying was cancelled. What it began was undone."));
    else if (isBack)
        emit failed(
            tr("Cannot go back. %1. What it began was undone; mend the cause and try again.")
                .arg(why));
    else
        emit failed(
            tr("Cannot deploy. %1. What it began was undone; mend the cause and deploy again.")
                .arg(why));
    end();
}

/// Devices let go of what they served by themselves; this computer's release is removed here.
void LiveRelease::serving(deploy::Outcome outcome)
{
    const std::optional<deploy::Release> before = m_release;
    watch(std::move(outcome.release));
    const QString id = text(m_release->id);
    QString news =
        m_work == Work::RollingBack ? tr("%1 serves again.").arg(id) : tr("%1 serves.").arg(id);
    for (const std::string& note : outcome.notes)
        news += QLatin1Char(' ') + tr("Note: %1.").arg(text(note));
    const bool isOther = before && before->id != m_release->id;
    if (isOther && before->kind == ReleaseKind::Ssh && m_workKind == ReleaseKind::Local)
        news += QLatin1Char(' ') + tr("%1 goes on serving on its devices.").arg(text(before->id));
    emit done(news);
    if (isOther && before->kind == ReleaseKind::Local)
        return removeOther(*before);
    end();
}

/// The one that was watched before gives way only when the new one serves.
void LiveRelease::removeOther(const deploy::Release& release)
{
    m_workKind = release.kind;
    m_workJob.start<Result<void>>(
        [this, release](const std::stop_token& stop, ProgressSink&) {
            return undeployNow(release, stop);
        },
        [this, id = release.id](const Result<void>& outcome) {
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
    m_workKind = m_release->kind;
    m_workJob.start<Result<deploy::Release>>(
        [this, release = *m_release](const std::stop_token& stop, ProgressSink&) {
            return restartNow(release, stop);
        },
        [this](Result<deploy::Release> outcome) { restarted(std::move(outcome)); });
}

Result<deploy::Release> LiveRelease::restartNow(const deploy::Release& release,
                                                const std::stop_token& stop)
{
    StepPost post = steps();
    WindowAccess window(m_questions, stop);
    auto outcome = deploy::bringBack(release, window.access(), {}, stop, post);
    return outcome ? Result<deploy::Release>(std::move(outcome->release))
                   : tl::unexpected(outcome.error());
}

void LiveRelease::restarted(Result<deploy::Release> outcome)
{
    if (!outcome && outcome.error().code == ErrorCode::Cancelled) {
        emit cancelled(tr("Starting what is down was cancelled."));
    } else if (!outcome) {
        emit failed(tr("Cannot start what is down. %1. Try again, or stop the release.")
                        .arg(reasonOf(outcome.error())));
    } else {
        m_release = std::move(*outcome);
        ask();
    }
    end();
}

Result<void> LiveRelease::undeployNow(const deploy::Release& release, const std::stop_token& stop)
{
    StepPost post = steps();
    WindowAccess window(m_questions, stop);
    return deploy::undeploy(release, window.access(), {}, stop, post);
}

void LiveRelease::remove(const deploy::Release& release)
{
    if (m_release && m_release->id == release.id)
        return remove();
    if (m_work != Work::None)
        return;
    m_work = Work::Removing; // what is watched goes on
    m_workKind = release.kind;
    m_workJob.start<Result<void>>(
        [this, release](const std::stop_token& stop, ProgressSink&) {
            return undeployNow(release, stop);
        },
        [this, id = text(release.id)](const Result<void>& outcome) {
            if (outcome)
                emit done(tr("%1 was removed. Nothing of it is left.").arg(id));
            else
                emit failed(
                    tr("Cannot remove %1. %2. Try again.").arg(id, reasonOf(outcome.error())));
            end();
        });
}

void LiveRelease::remove(std::function<void()> then)
{
    if (!m_release || m_work != Work::None)
        return;
    begin(Work::Removing, m_release->kind);
    m_workJob.start<Result<void>>(
        [this, release = *m_release](const std::stop_token& stop, ProgressSink&) {
            return undeployNow(release, stop);
        },
        [this, then = std::move(then)](const Result<void>& outcome) {
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

} // namespace millrace::ui
