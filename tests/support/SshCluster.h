// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/TestHosts.h"

namespace millrace::test
{

/// Hosts for a whole test program that runs millracectl: this account's ~/.ssh is a folder of the
/// test's own, in which every host's key is known.
class SshCluster
{
public:
    explicit SshCluster(const std::vector<TestHostOptions>& hosts);
    SshCluster(const SshCluster&) = delete;
    SshCluster& operator=(const SshCluster&) = delete;
    ~SshCluster();

    [[nodiscard]] const TestHosts& hosts() const { return *m_hosts; }
    [[nodiscard]] const TestHost& host(const std::string& name) const
    {
        return m_hosts->host(name);
    }
    [[nodiscard]] std::filesystem::path knownHosts() const { return m_folder / "known_hosts"; }
    /// known_hosts with the key of every host.
    void knowAll() const;
    /// `{name: a, address: ..., user: ada, identity_file: ..., MORE}` for a cluster file.
    [[nodiscard]] std::string device(const std::string& name, const std::string& more) const;
    /// Runs a program in the host's network.
    void within(const std::string& host, std::vector<std::string> command) const;
    /// `tc tbf` on what the host sends and receives, from now on.
    void limit(const std::string& host, int number, BitsPerSecond rate) const;
    /// Command lines of the host's processes that name its .millrace folder.
    [[nodiscard]] std::vector<std::string> runners(const std::string& host) const;
    [[nodiscard]] std::filesystem::path folder(const std::string& host) const
    {
        return this->host(host).home / ".millrace";
    }

private:
    std::unique_ptr<TestHosts> m_hosts;
    std::vector<std::string> m_names;
    std::filesystem::path m_folder; ///< stands for ~/.ssh
};

} // namespace millrace::test
