// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/SshAccess.h"
#include "ui/jobs/Questions.h"

namespace millrace::ui
{

/// Reaches devices for one job as this account does, and asks the person at the window.
class WindowAccess
{
public:
    WindowAccess(Questions& questions, const std::stop_token& stop)
        : m_person(questions, stop), m_access(ssh::UserFiles::ofThisAccount(), m_person, m_person)
    {
    }
    [[nodiscard]] deploy::HostAccess& access() { return m_access; }

private:
    PersonAtWindow m_person;
    deploy::SshAccess m_access;
};

} // namespace millrace::ui
