// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/DeployChecks.h"

#include "ui/models/Figures.h"

#include <QCoreApplication>

#include <algorithm>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::DeployChecks)
};

DeployCheck planCheck(const Snapshot& snapshot)
{
    if (snapshot.planning || !snapshot.plan)
        return {CheckState::Running, Tr::tr("The planner still works; its plan is waited for.")};
    const plan::Plan& plan = *snapshot.plan;
    if (!plan.hasStages()) {
        const QString why = plan.whyInfeasible.empty()
                                ? statusText(plan.status)
                                : QString::fromStdString(plan.whyInfeasible.front());
        return {CheckState::Bad, Tr::tr("There is no plan: %1.").arg(why)};
    }
    const QString speed = perSecond(plan.throughput());
    const int stages = static_cast<int>(plan.stageCount());
    if (plan.status == plan::Status::Optimal)
        return {
            CheckState::Good,
            Tr::tr("The plan is proven optimal: %1 in %n stage(s).", nullptr, stages).arg(speed)};
    return {CheckState::News,
            Tr::tr("The plan is the best that is known, not proven optimal: %1 in %n stage(s).",
                   nullptr, stages)
                .arg(speed)};
}

DeployCheck timesCheck(const Snapshot& snapshot)
{
    if (snapshot.times && snapshot.times->source == plan::TimesSource::Measured)
        return {CheckState::Good, Tr::tr("The layer times are measured.")};
    return {CheckState::News,
            Tr::tr("The layer times are estimates, so the prediction is one, too."),
            CheckRemedy::MeasureTimes};
}

/// Where the gateway's device has no address, the gateway runs here.
bool hasStage(const Snapshot& snapshot, const cluster::Device& device)
{
    const auto stages = snapshot.plan->stages();
    return std::any_of(stages.begin(), stages.end(), [&](const plan::PlacedStage& placed) {
        return snapshot.cluster->devices[placed.stage.device.index()].name == device.name;
    });
}

DeployCheck deviceCheck(const Snapshot& snapshot, const cluster::Device& device,
                        const DeviceTester& devices)
{
    const QString name = QString::fromStdString(device.name);
    if (!device.address && hasStage(snapshot, device))
        return {CheckState::Bad,
                Tr::tr("%1 has no address and cannot be reached over SSH.").arg(name),
                CheckRemedy::SetAddress, device.name};
    const DeviceVerdict verdict = devices.verdict(device.name);
    switch (verdict.state) {
    case DeviceVerdict::State::Good:
        return {CheckState::Good, verdict.text};
    case DeviceVerdict::State::Bad:
        return {CheckState::Bad, verdict.text, CheckRemedy::TestDevices};
    case DeviceVerdict::State::Testing:
        return {CheckState::Running, Tr::tr("%1 is being tested.").arg(name)};
    case DeviceVerdict::State::Untested:
        break;
    }
    if (!device.address)
        return {CheckState::Untested,
                Tr::tr("%1 has no address, so it is this computer; not tested yet.").arg(name),
                CheckRemedy::TestDevices};
    return {
        CheckState::Untested,
        Tr::tr("%1 at %2 is not tested yet.").arg(name, QString::fromStdString(*device.address)),
        CheckRemedy::TestDevices};
}

/// One button is enough for what is done to all of them.
void nameRemedyOnce(std::vector<DeployCheck>& checks)
{
    bool isNamed = false;
    for (DeployCheck& check : checks)
        if (check.remedy == CheckRemedy::TestDevices && std::exchange(isNamed, true))
            check.remedy = CheckRemedy::None;
}

} // namespace

std::vector<DeployCheck> deployChecks(const Snapshot& snapshot, const QString& model,
                                      const DeviceTester& devices)
{
    if (model.isEmpty())
        return {{CheckState::Bad, Tr::tr("No model is open."), CheckRemedy::OpenModel}};
    std::vector<DeployCheck> checks{{CheckState::Good, Tr::tr("The model %1 is open.").arg(model)},
                                    planCheck(snapshot),
                                    timesCheck(snapshot)};
    // While it is searched anew, the plan before may speak of devices that are gone.
    if (!snapshot.planning && snapshot.plan && snapshot.plan->hasStages())
        for (const cluster::Device& device : deploy::devicesOf(*snapshot.cluster, *snapshot.plan))
            checks.push_back(deviceCheck(snapshot, device, devices));
    nameRemedyOnce(checks);
    return checks;
}

bool mayDeploy(const std::vector<DeployCheck>& checks)
{
    return std::none_of(checks.begin(), checks.end(), [](const DeployCheck& check) {
        return check.state == CheckState::Bad || check.state == CheckState::Running;
    });
}

} // namespace millrace::ui
