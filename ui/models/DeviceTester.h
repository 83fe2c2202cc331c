// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceTest.h"
#include "deploy/Steps.h"
#include "ui/jobs/JobRunner.h"
#include "ui/jobs/Questions.h"

#include <QObject>

#include <map>

namespace millrace::ui
{

/// What is known of a device that a plan uses.
struct DeviceVerdict {
    enum class State { Untested, Testing, Good, Bad };
    State state = State::Untested;
    QString text; ///< whole sentences: what was found, or what to mend; empty while it is not known
    bool operator==(const DeviceVerdict&) const = default;
};

/// Tests the plan's devices in the background, and remembers what came of it until the device or
/// what the plan wants of it changes. GUI thread only.
class DeviceTester : public QObject
{
    Q_OBJECT
public:
    explicit DeviceTester(Questions& questions, QObject* parent = nullptr);
    ~DeviceTester() override;

    /// The devices that count from now on.
    void setPlan(const cluster::Cluster& cluster, const plan::Plan& plan);
    /// Precondition: setPlan() with the same plan.
    void test(const deploy::DeviceTests& tests);
    void cancel() { m_job.cancel(); }
    [[nodiscard]] bool isRunning() const { return m_job.isRunning(); }
    /// Deployments test, too.
    void hear(const deploy::StepUpdate& update);
    [[nodiscard]] DeviceVerdict verdict(const std::string& device) const;

signals:
    void changed();
    void finished();

private:
    struct Known {
        cluster::Device device;
        Bytes memory; ///< of its stage, by the plan
        DeviceVerdict verdict;
    };
    void take(const deploy::DeviceTest& test);
    void set(const std::string& device, DeviceVerdict verdict);

    Questions& m_questions;
    std::map<std::string, Known> m_known; ///< by device name
    JobRunner m_job;
};

} // namespace millrace::ui
