// SPDX-License-Identifier: GPL-3.0-or-later
/// What the tests of releases over SSH share: real OpenSSH servers in network namespaces, and the
/// small model on three of them.
#pragma once

#include "SmallDeployment.h"
#include "deploy/Deploy.h"
#include "deploy/SshAccess.h"
#include "support/QuietSteps.h"
#include "support/ShowString.h"
#include "support/SshCluster.h"

#include <QTemporaryDir>
#include <QTest>

namespace millrace::test
{

/// The hosts a, b and c, which run the stages, and d and "noshell", which can stand in for c. What
/// is deployed stays from one test function to the next, and is taken away after the last one.
/// Skips the whole test program, loudly, where there can be no hosts.
class SshReleaseTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanupTestCase();

protected:
    template <class Act>
    auto withAccess(const Act& act)
    {
        ssh::NoCredentials none;
        ssh::AcceptListed decision;
        deploy::SshAccess access(m_files, none, decision, {{3}, {3}, {3}});
        return act(access);
    }
    /// `third`: the entry of the cluster file in the place of c's.
    [[nodiscard]] std::string clusterText(const std::string& third = {}) const;
    Result<deploy::Outcome> deploy(Cuts cuts);
    Result<deploy::Outcome> deploy(Cuts cuts, const std::string& third, deploy::StepSink& steps);
    Result<void> undeploy(const deploy::Release& release);
    /// What serves; where there is nothing yet, a first release is deployed.
    [[nodiscard]] deploy::Release current();
    /// Of the releases that the host keeps.
    [[nodiscard]] std::vector<std::string> folders(const std::string& host) const;

    std::unique_ptr<SshCluster> m_cluster;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_model;
    ssh::UserFiles m_files;
};

} // namespace millrace::test
