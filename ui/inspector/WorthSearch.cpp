// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/WorthSearch.h"

#include "plan/whatif/Sensitivity.h"

#include <algorithm>

namespace millrace::ui
{
namespace
{

/// A dragged slider makes a plan every few milliseconds; they need not all be looked into.
constexpr int kPauseMs = 150;
/// Finer than the figures that are shown.
constexpr double kGap = 1e-4;
constexpr Seconds kTimeLimit{10};

class Sink final : public plan::SensitivitySink
{
public:
    explicit Sink(std::function<void(const plan::Finding&)> tell) : m_tell(std::move(tell)) {}
    void found(const plan::Finding& finding) override { m_tell(finding); }

private:
    std::function<void(const plan::Finding&)> m_tell;
};

} // namespace

WorthSearch::WorthSearch(QObject* parent) : QObject(parent)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &WorthSearch::start);
}

WorthSearch::~WorthSearch() = default;

const plan::Finding* WorthSearch::known(const plan::Change& change) const
{
    const auto found =
        std::find_if(m_found.begin(), m_found.end(),
                     [&change](const plan::Finding& finding) { return finding.change == change; });
    return found == m_found.end() ? nullptr : &*found;
}

std::vector<plan::Finding> WorthSearch::findings() const
{
    std::vector<plan::Finding> findings;
    for (const plan::Change& change : m_asked)
        if (const plan::Finding* finding = known(change))
            findings.push_back(*finding);
    return findings;
}

void WorthSearch::ask(const Snapshot& snapshot, const std::vector<plan::Change>& changes)
{
    if (snapshot.plan != m_plan || snapshot.problem != m_problem || snapshot.planning)
        m_found.clear();
    else if (changes == m_asked)
        return;
    m_plan = snapshot.plan;
    m_memory = snapshot.memory;
    m_problem = snapshot.problem;
    m_asked = changes;
    m_wanted.clear();
    ++m_question;
    m_job.cancel();
    for (const plan::Change& change : m_asked)
        if (known(change) == nullptr)
            m_wanted.push_back(change);
    if (m_wanted.empty())
        m_pause.stop();
    else
        m_pause.start();
}

void WorthSearch::start()
{
    using Outcome = Result<std::vector<plan::Finding>>;
    m_job.start<Outcome>(
        [this, problem = m_problem, plan = m_plan, memory = m_memory,
         changes = m_wanted](const std::stop_token& stop, ProgressSink&) {
            Sink sink([this, plan](const plan::Finding& finding) {
                m_job.post([this, plan, finding] {
                    if (plan == m_plan)
                        take(finding);
                });
            });
            plan::SensitivityOptions options;
            options.gap = kGap;
            options.timeLimit = kTimeLimit;
            if (memory)
                options.memory = *memory;
            return plan::sensitivity(*problem, *plan, changes, options, stop, sink);
        },
        [this, question = m_question](const Outcome&) {
            if (question != m_question)
                return;
            m_wanted.clear();
            emit changed();
        });
}

void WorthSearch::take(const plan::Finding& finding)
{
    if (known(finding.change) == nullptr)
        m_found.push_back(finding);
    emit changed();
}

} // namespace millrace::ui
