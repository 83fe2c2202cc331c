// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::test
{

struct TestHostOptions {
    std::string name;
    std::optional<BitsPerSecond> upTo; ///< `tc tbf` in both directions; none: as fast as it goes
    std::string behind;                ///< name of an earlier host that alone reaches this one
    std::string sshdConfig;            ///< further lines for sshd_config
};

/// One host: network, mount and process namespaces of its own, with its own OpenSSH server on port
/// 22, host key, accounts, and home folder. The account is `ada` (not root), password "loveLACE-1".
struct TestHost {
    std::string name;
    std::string address;
    std::filesystem::path home;       ///< ada's, as seen from the test
    std::filesystem::path hostKeyPub; ///< the public host key
    ::pid_t init = -1;                ///< sshd, the host's process 1, seen from the test
    [[nodiscard]] std::vector<::pid_t> processes() const;
    /// Stops or continues every process of the host, as a crash or a loose cable would.
    void signalAll(int signal) const;
};

/// Hosts for one test program. The first one moves the whole program into network and mount
/// namespaces of its own, in which everything lives: when the program ends, however it ends, the
/// kernel takes all of it back. Needs root.
class TestHosts
{
public:
    /// Empty when hosts can be made, else what is missing.
    [[nodiscard]] static std::string missing();
    /// Throws std::runtime_error when a step fails.
    explicit TestHosts(const std::vector<TestHostOptions>& hosts);
    ~TestHosts();
    TestHosts(const TestHosts&) = delete;
    TestHosts& operator=(const TestHosts&) = delete;

    [[nodiscard]] const TestHost& host(const std::string& name) const;
    /// A folder that is gone afterwards: HOME of the client side, its keys in it.
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    /// Key pair whose public half every host's authorized_keys has, without passphrase.
    [[nodiscard]] std::filesystem::path key() const { return m_folder / "client" / "id_good"; }

private:
    void makeHost(const TestHostOptions& options, int number);
    void plug(const TestHost& host, const TestHostOptions& options, int number);
    [[nodiscard]] ::pid_t startHost(const TestHost& host, const std::filesystem::path& root) const;

    std::filesystem::path m_folder;
    std::vector<TestHost> m_hosts;
};

/// Runs a program and waits; its output. Throws std::runtime_error when it fails.
std::string runProgram(const std::vector<std::string>& arguments);

} // namespace millrace::test
