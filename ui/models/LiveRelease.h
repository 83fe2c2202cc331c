// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Deploy.h"
#include "ui/jobs/JobRunner.h"
#include "ui/jobs/Questions.h"
#include "ui/models/GatewayWatch.h"
#include "ui/models/StepPost.h"
#include "ui/models/WatchEvent.h"
#include "ui/models/WatchHistory.h"

#include <QObject>

#include <functional>
#include <optional>

namespace millrace::ui
{

/// The release that the window deploys, watches and removes, on this computer or over SSH. Nothing
/// here blocks: deploying, asking the gateway and sending requests are jobs of their own, and the
/// gateway is asked several times a second. The release outlives this object. GUI thread only.
class LiveRelease : public QObject
{
    Q_OBJECT
public:
    enum class Work { None, Deploying, RollingBack, Restarting, Removing };
    enum class Link { Connecting, Connected, Lost };

    explicit LiveRelease(QObject* parent = nullptr);
    ~LiveRelease() override;

    /// millrace-stage; by default the one beside the running program.
    void setRunner(const std::filesystem::path& runner) { m_runner = runner; }
    [[nodiscard]] const std::filesystem::path& runner() const { return m_runner; }
    /// What its jobs have to ask when they reach devices.
    [[nodiscard]] Questions& questions() { return m_questions; }

    /// None: nothing is watched.
    [[nodiscard]] const std::optional<deploy::Release>& release() const { return m_release; }
    [[nodiscard]] Work work() const { return m_work; }
    /// Where the work takes place, or the last one did.
    [[nodiscard]] deploy::ReleaseKind workKind() const { return m_workKind; }
    /// Work that ends with a release that serves, or with none of it.
    [[nodiscard]] bool isDeploying() const
    {
        return m_work == Work::Deploying || m_work == Work::RollingBack;
    }
    [[nodiscard]] Link link() const { return m_link; }
    [[nodiscard]] const QString& linkTrouble() const { return m_linkTrouble; } ///< why it is Lost
    /// How many processes of a release on this computer have ended; counted while the gateway does
    /// not answer.
    [[nodiscard]] int deadNodes() const { return m_deadNodes; }
    [[nodiscard]] bool isSending() const { return m_trafficJob.isRunning(); }
    [[nodiscard]] const WatchHistory& history() const { return m_history; }
    /// The newest, without events; none before the first.
    [[nodiscard]] const std::optional<runtime::LiveStatus>& status() const { return m_status; }
    /// What can be said of the release by it and by the processes here.
    [[nodiscard]] work::State state() const { return m_state; }

    /// Watches a release that runs: the newest with a living process here, or that is current on
    /// its devices. Tells by found(), if there is one.
    void findRunning();
    /// Watches this one from now on.
    void watch(deploy::Release release);
    /// Starts it, watches it, and removes what was watched before from this computer. When it fails
    /// or is cancelled, what was watched stays.
    /// On the cluster's devices it replaces what they serve.
    void deploy(const deploy::Deployment& deployment);
    /// Makes a release that was replaced on its devices the current one again, and watches it.
    void bringBack(const deploy::Release& release);
    void cancelWork();
    /// Starts again what of the release is not alive.
    void restartDead();
    /// Removes a release, whether it is watched or not.
    void remove(const deploy::Release& release);
    /// Ends every process and removes every file of it; `then` runs when nothing is left.
    void remove(std::function<void()> then = {});
    void startSending();
    void stopSending();
    /// Runs `then` once no job but the watching runs; sending is stopped for it, other work waited
    /// for.
    void whenQuiet(std::function<void()> then);

signals:
    void releaseChanged(); ///< another one, or none any more
    void changed();        ///< work, link, or sending
    void statusArrived();
    void eventArrived(const millrace::ui::WatchEvent& event);
    void stepArrived(const millrace::deploy::StepUpdate& update);
    void found(); ///< by findRunning()
    /// A whole sentence for the operator.
    void failed(const QString& message);
    void done(const QString& message);
    void cancelled(const QString& message); ///< by cancelWork()

private:
    void ask();
    void forget();
    void begin(Work work, deploy::ReleaseKind kind);
    void end();
    void take(runtime::LiveStatus status, work::State state);
    void loseLink(const GatewayLoss& loss);
    void deployed(Result<deploy::Outcome> outcome);
    void serving(deploy::Outcome outcome);
    void restarted(Result<deploy::Release> outcome);
    void removeOther(const deploy::Release& release);
    void quietNow();
    // On the job's thread, wherever the release is.
    [[nodiscard]] StepPost steps();
    Result<deploy::Release> restartNow(const deploy::Release& release, const std::stop_token& stop);
    Result<void> undeployNow(const deploy::Release& release, const std::stop_token& stop);

    std::filesystem::path m_runner;
    Questions m_questions; ///< outlives the jobs
    std::optional<deploy::Release> m_release;
    Work m_work = Work::None;
    deploy::ReleaseKind m_workKind = deploy::ReleaseKind::Local;
    Link m_link = Link::Connecting;
    QString m_linkTrouble;
    int m_deadNodes = 0;
    WatchHistory m_history;
    std::optional<runtime::LiveStatus> m_status;
    work::State m_state = work::State::Unreachable;      ///< with m_status
    std::pair<std::uint64_t, std::uint64_t> m_lastEvent; ///< gateway's incarnation, number
    std::vector<std::function<void()>> m_whenQuiet;
    JobRunner m_findJob, m_workJob, m_watchJob, m_trafficJob;
};

} // namespace millrace::ui
