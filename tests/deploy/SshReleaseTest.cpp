// SPDX-License-Identifier: GPL-3.0-or-later
#include "SshReleaseTest.h"

#include <algorithm>

namespace millrace::test
{

namespace fs = std::filesystem;

void SshReleaseTest::initTestCase()
{
    if (const std::string missing = TestHosts::missing(); !missing.empty())
        QSKIP(("no SSH hosts: " + missing).c_str());
    m_cluster = std::make_unique<SshCluster>(
        std::vector<TestHostOptions>{{"a", {}, "", ""},
                                     {"b", {}, "", "Subsystem sftp /nonexistent\n"},
                                     {"c", {}, "", ""},
                                     {"d", {}, "", ""},
                                     {"noshell", {}, "", "ForceCommand internal-sftp\n"}});
    m_folder = std::make_unique<QTemporaryDir>();
    m_model = m_folder->filePath(QStringLiteral("small.onnx")).toStdString();
    writeSmallModel(m_model);
    qputenv("MILLRACE_STATE", m_folder->filePath(QStringLiteral("state")).toUtf8());
    m_files = userFiles(m_cluster->hosts().folder() / "client");
}

void SshReleaseTest::init()
{
    if (!m_cluster)
        QSKIP("no SSH hosts");
}

void SshReleaseTest::cleanupTestCase()
{
    if (!m_cluster)
        return;
    for (const deploy::Release& release : deploy::localReleases())
        static_cast<void>(undeploy(release));
    m_cluster.reset();
}

std::string SshReleaseTest::clusterText(const std::string& third) const
{
    std::string text = "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
    for (const char* name : {"a", "b", "c"})
        text += *name == 'c' && !third.empty() ? third : m_cluster->device(name, "memory: 1 GiB");
    return text + "links:\n  default: {bandwidth: 1 Gbit/s}\ngateway: {device: gate}\n";
}

Result<deploy::Outcome> SshReleaseTest::deploy(Cuts cuts)
{
    QuietSteps quiet;
    return deploy(cuts, {}, quiet);
}

Result<deploy::Outcome> SshReleaseTest::deploy(Cuts cuts, const std::string& third,
                                               deploy::StepSink& steps)
{
    return withAccess([&](deploy::HostAccess& access) {
        return deploy::deploy(smallDeployment(m_model, clusterText(third), cuts), access, {},
                              steps);
    });
}

Result<void> SshReleaseTest::undeploy(const deploy::Release& release)
{
    QuietSteps quiet;
    return withAccess([&](deploy::HostAccess& access) {
        return deploy::undeploy(release, access, {}, {}, quiet);
    });
}

deploy::Release SshReleaseTest::current()
{
    if (deploy::localReleases().empty())
        static_cast<void>(deploy({2, 4}).value());
    return deploy::findRelease("").value();
}

std::vector<std::string> SshReleaseTest::folders(const std::string& host) const
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(m_cluster->folder(host) / "releases"))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace millrace::test
