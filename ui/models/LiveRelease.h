// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/LocalRelease.h"
#include "ui/jobs/JobRunner.h"
#include "ui/models/GatewayWatch.h"
#include "ui/models/WatchEvent.h"
#include "ui/models/WatchHistory.h"

#include <QObject>

#include <functional>
#include <optional>

namespace millrace::ui
{

/// The release of this computer that the window deploys, watches and removes. Nothing here blocks:
/// deploying, asking the gateway and sending requests are jobs of their own, and the gateway is
/// asked several times a second. The release outlives this object. GUI thread only.
class LiveRelease : public QObject
{
    Q_OBJECT
public:
    enum class Work { None, Deploying, Restarting, Removing };
    enum class Link { Connecting, Connected, Lost };

    explicit LiveRelease(QObject* parent = nullptr);
    ~LiveRelease() override;

    /// millrace-stage; by default the one beside the running program.
    void setRunner(const std::filesystem::path& runner) { m_runner = runner; }

    /// None: nothing is watched.
    [[nodiscard]] const std::optional<deploy::Release>& release() const { return m_release; }
    [[nodiscard]] Work work() const { return m_work; }
    [[nodiscard]] Link link() const { return m_link; }
    [[nodiscard]] const QString& linkTrouble() const { return m_linkTrouble; } ///< why it is Lost
    /// How many processes of the release have ended; counted while the gateway does not answer.
    [[nodiscard]] int deadNodes() const { return m_deadNodes; }
    [[nodiscard]] bool isSending() const { return m_trafficJob.isRunning(); }
    [[nodiscard]] const WatchHistory& history() const { return m_history; }
    /// The newest, without events; none before the first.
    [[nodiscard]] const std::optional<runtime::LiveStatus>& status() const { return m_status; }

    /// Watches a release that runs: the newest with a living process. Tells by found(), if there is
    /// one.
    void findRunning();
    /// Starts it, watches it, and removes what was watched before. When it fails or is cancelled,
    /// what was watched stays.
    void deploy(const deploy::LocalDeployment& deployment);
    void cancelWork();
    /// Starts again what of the release is not alive.
    void restartDead();
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

private:
    class StepPost;
    void watch(deploy::Release release);
    void ask();
    void forget();
    void begin(Work work);
    void end();
    void take(runtime::LiveStatus status);
    void loseLink(const GatewayLoss& loss);
    void deployed(Result<deploy::Release> outcome);
    void removeOther(const deploy::Release& release);
    void quietNow();

    std::filesystem::path m_runner;
    std::optional<deploy::Release> m_release;
    Work m_work = Work::None;
    Link m_link = Link::Connecting;
    QString m_linkTrouble;
    int m_deadNodes = 0;
    WatchHistory m_history;
    std::optional<runtime::LiveStatus> m_status;
    std::pair<std::uint64_t, std::uint64_t> m_lastEvent; ///< gateway's incarnation, number
    std::vector<std::function<void()>> m_whenQuiet;
    JobRunner m_findJob, m_workJob, m_watchJob, m_trafficJob;
};

} // namespace millrace::ui
