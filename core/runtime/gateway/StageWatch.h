// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/gateway/GatewayShared.h"

namespace millrace::runtime
{

/// What the gateway knows of one stage, by asking it again and again on its control connection: a
/// loss shows within a second. watch() runs on a thread of its own until the stop; everything else
/// is called with the shared mutex held.
class StageWatch
{
public:
    StageWatch(GatewayShared& shared, StageRef stage, const StageAddress& address);
    void watch(const std::stop_token& stop);

    [[nodiscard]] const StageRef& at() const { return m_stage; }
    [[nodiscard]] const StageStatus& status() const { return m_status; }
    [[nodiscard]] bool wasUp() const { return m_wasUp; }
    /// The stage's counters begin anew, or it ends; isDone() when it has heard it.
    void wantReset() { m_wantsReset = true; }
    void wantShutDown() { m_wantsShutDown = true; }
    [[nodiscard]] bool isDone() const
    {
        return !m_status.up || (!m_wantsReset && !m_wantsShutDown);
    }

private:
    [[nodiscard]] Result<void> watchConnected(Channel& channel, const std::stop_token& stop);
    [[nodiscard]] wire::Command::What nextCommand() const;
    void learned(const StageMetrics& metrics, wire::Command::What answered);
    void down(const std::string& why);
    [[nodiscard]] std::string name() const;

    GatewayShared& m_shared;
    const StageRef m_stage;
    const StageAddress& m_address;
    StageStatus m_status;
    bool m_wasUp = false, m_wantsReset = false, m_wantsShutDown = false;
};

} // namespace millrace::runtime
