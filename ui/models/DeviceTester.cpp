// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/DeviceTester.h"

#include "ui/models/Figures.h"
#include "ui/models/WindowAccess.h"

#include <QStringList>

namespace millrace::ui
{
namespace
{

using State = DeviceVerdict::State;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

QString aspectName(deploy::Aspect aspect)
{
    switch (aspect) {
    case deploy::Aspect::Reach:
        return DeviceTester::tr("Reach");
    case deploy::Aspect::HostKey:
        return DeviceTester::tr("Host key");
    case deploy::Aspect::Login:
        return DeviceTester::tr("Log-in");
    case deploy::Aspect::Shell:
        return DeviceTester::tr("Shell");
    case deploy::Aspect::System:
        return DeviceTester::tr("System");
    case deploy::Aspect::Folder:
        return DeviceTester::tr("Folder");
    case deploy::Aspect::Disk:
        return DeviceTester::tr("Disk");
    case deploy::Aspect::Memory:
        return DeviceTester::tr("Memory");
    case deploy::Aspect::Clock:
        return DeviceTester::tr("Clock");
    case deploy::Aspect::Ports:
        return DeviceTester::tr("Ports");
    }
    return {};
}

QString faultsText(const QString& device, const std::vector<deploy::Fault>& faults)
{
    QStringList sentences;
    for (const deploy::Fault& fault : faults)
        sentences << DeviceTester::tr("%1: %2.", "aspect: what is wrong")
                         .arg(aspectName(fault.aspect), reasonOf(fault.error));
    return DeviceTester::tr("%1 is not ready. %2").arg(device, sentences.join(QLatin1Char(' ')));
}

QString goodText(const deploy::DeviceTest& test)
{
    const deploy::Examined& found = test.found;
    QStringList ports;
    for (const std::uint16_t port : found.ports)
        ports << QString::number(port);
    const QString name = text(test.device.name);
    const QString has = DeviceTester::tr("%1, %2 of memory and %3 of disk are free, port %4 too")
                            .arg(text(found.facts.architecture), figure(found.facts.freeMemory),
                                 figure(found.facts.freeDisk), ports.join(QStringLiteral(", ")));
    if (!test.device.address)
        return DeviceTester::tr("%1 is this computer and ready: %2.").arg(name, has);
    return DeviceTester::tr("%1 is ready: host key and log-in are in order, %2.").arg(name, has);
}

} // namespace

DeviceTester::DeviceTester(Questions& questions, QObject* parent)
    : QObject(parent), m_questions(questions)
{
    connect(&m_job, &JobRunner::started, this, &DeviceTester::changed);
}

/// The job ends with its runner; what it still says is not for a half-gone object.
DeviceTester::~DeviceTester()
{
    m_job.disconnect(this);
}

void DeviceTester::setPlan(const cluster::Cluster& cluster, const plan::Plan& plan)
{
    std::map<std::string, Known> next;
    for (const cluster::Device& device : deploy::devicesOf(cluster, plan)) {
        Known known{device, {}, {}};
        for (const auto& [at, stage] : plan.stages())
            if (cluster.devices[stage.device.index()].name == device.name)
                known.memory = stage.memory;
        const auto before = m_known.find(device.name);
        if (before != m_known.end() && before->second.device == device &&
            before->second.memory == known.memory)
            known.verdict = before->second.verdict;
        next[device.name] = std::move(known);
    }
    m_known = std::move(next);
}

void DeviceTester::test(const deploy::DeviceTests& tests)
{
    for (auto& [name, known] : m_known)
        known.verdict = {State::Testing, {}};
    m_job.start<Result<void>>(
        [this, tests](const std::stop_token& stop, ProgressSink&) {
            WindowAccess window(m_questions, stop);
            return deploy::testDevices(
                tests, window.access(), stop,
                [this, post = m_job.poster()](const deploy::DeviceTest& test) {
                    post([this, test] { take(test); });
                });
        },
        [this](const Result<void>&) {
            for (auto& [name, known] : m_known)
                if (known.verdict.state == State::Testing)
                    known.verdict = {};
            emit changed();
            emit finished();
        });
}

/// Of a device that was changed while it was tested, nothing is known.
void DeviceTester::take(const deploy::DeviceTest& test)
{
    const auto known = m_known.find(test.device.name);
    if (known == m_known.end() || known->second.device != test.device)
        return;
    if (test.found.faults.empty())
        set(test.device.name, {State::Good, goodText(test)});
    else
        set(test.device.name, {State::Bad, faultsText(text(test.device.name), test.found.faults)});
}

void DeviceTester::hear(const deploy::StepUpdate& update)
{
    const bool isCheck = update.step == deploy::StepId::Check;
    if (update.device.empty() || (update.step != deploy::StepId::Reach && !isCheck))
        return;
    const QString name = text(update.device);
    if (update.state == deploy::StepState::Failed)
        set(update.device, {State::Bad, tr("%1 is not ready. %2.").arg(name, text(update.detail))});
    else if (isCheck && update.state == deploy::StepState::Done)
        set(update.device, {State::Good, tr("%1 is ready: it was reached and checked.").arg(name)});
}

void DeviceTester::set(const std::string& device, DeviceVerdict verdict)
{
    if (const auto known = m_known.find(device); known != m_known.end()) {
        known->second.verdict = std::move(verdict);
        emit changed();
    }
}

DeviceVerdict DeviceTester::verdict(const std::string& device) const
{
    const auto known = m_known.find(device);
    return known == m_known.end() ? DeviceVerdict() : known->second.verdict;
}

} // namespace millrace::ui
