// SPDX-License-Identifier: GPL-3.0-or-later
/// What the tests of SSH sessions share: hosts, a user whose ~/.ssh is empty before each test, and
/// who answers that user's questions.
#pragma once

#include "ssh/Session.h"
#include "support/Messages.h"
#include "support/ShowString.h"
#include "support/TestHosts.h"

#include <QTest>

#include <chrono>

namespace millrace::test
{

/// Answers from a list and counts the questions.
class Answers final : public ssh::Credentials
{
public:
    std::optional<ssh::Secret> passphrase(const std::filesystem::path& file, int attempt) override;
    std::optional<ssh::Secret> password(const std::string& account, int attempt) override;
    std::string phrase;
    std::string word;
    int asked = 0;
};

class Decision final : public ssh::HostKeyDecision
{
public:
    ssh::HostKeyAnswer unknownHostKey(const ssh::UnknownHostKey& key) override;
    ssh::HostKeyAnswer answer = ssh::HostKeyAnswer::AcceptAndRemember;
    std::vector<ssh::UnknownHostKey> questions;
};

/// Watches a transfer, and stops it where the test wants.
class Bar final : public ssh::TransferSink
{
public:
    void sent(Bytes done, Bytes all) override;
    int calls = 0;
    bool rises = true;
    Bytes last, total;
    Bytes stopAt{std::int64_t{1} << 60};
    std::stop_source source;
};

double secondsSince(std::chrono::steady_clock::time_point start);
int modeOf(const std::filesystem::path& path);
std::size_t entries(const std::filesystem::path& folder);

/// Skips the whole test program, loudly, where there can be no hosts.
class SessionTest : public QObject
{
    Q_OBJECT
public:
    /// One of the hosts must be called "one".
    explicit SessionTest(std::vector<TestHostOptions> hosts);

private slots:
    void initTestCase();
    void init();

protected:
    using Reached = Result<std::unique_ptr<ssh::RemoteHost>>;
    Reached reach(const std::string& name) { return reach(name, m_decision); }
    Reached reach(const std::string& name, ssh::HostKeyDecision& decision,
                  const ssh::ConnectLimits& limits = {});
    Reached dial(const std::string& alias);
    /// As the user's ~/.ssh/config; the identity is the good key again.
    void config(const std::string& text);
    /// A file of noise in the user's home, and its content.
    std::pair<std::filesystem::path, std::string> makeFile(std::size_t size);

    std::unique_ptr<TestHosts> m_hosts;
    ssh::UserFiles m_files;
    Answers m_answers;
    Decision m_decision;
    std::optional<std::filesystem::path> m_identity;

private:
    std::vector<TestHostOptions> m_options;
};

} // namespace millrace::test
