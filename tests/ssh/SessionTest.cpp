// SPDX-License-Identifier: GPL-3.0-or-later
#include "SessionTest.h"

#include <fstream>

namespace millrace::test
{

using namespace ssh;

std::optional<Secret> Answers::passphrase(const std::filesystem::path&, int)
{
    ++asked;
    return phrase.empty() ? std::optional<Secret>() : Secret(phrase);
}

std::optional<Secret> Answers::password(const std::string&, int)
{
    ++asked;
    return word.empty() ? std::optional<Secret>() : Secret(word);
}

HostKeyAnswer Decision::unknownHostKey(const UnknownHostKey& key)
{
    questions.push_back(key);
    return answer;
}

void Bar::sent(Bytes done, Bytes all)
{
    ++calls;
    rises = rises && done >= last;
    last = done;
    total = all;
    if (done >= stopAt)
        source.request_stop();
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int modeOf(const std::filesystem::path& path)
{
    return static_cast<int>(std::filesystem::status(path).permissions());
}

std::size_t entries(const std::filesystem::path& folder)
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& e : std::filesystem::directory_iterator(folder))
        ++count;
    return count;
}

SessionTest::SessionTest(std::vector<TestHostOptions> hosts) : m_options(std::move(hosts)) {}

void SessionTest::initTestCase()
{
    if (const std::string missing = TestHosts::missing(); !missing.empty())
        QSKIP(("no SSH hosts: " + missing).c_str());
    m_hosts = std::make_unique<TestHosts>(m_options);
    m_files.home = m_hosts->folder() / "client";
    m_files.folder = m_files.home / ".ssh";
    m_files.user = "ada";
}

void SessionTest::init()
{
    if (!m_hosts)
        QSKIP("no SSH hosts");
    std::filesystem::remove_all(m_files.folder);
    std::filesystem::create_directories(m_files.folder);
    m_files.agentSocket.clear();
    m_answers = {};
    m_decision = {};
    config("Host *\n");
    // The servers need a moment.
    QTRY_VERIFY_WITH_TIMEOUT(reach("one").has_value(), 10000);
    m_answers = {};
    m_decision = {};
    std::filesystem::remove(m_files.folder / "known_hosts");
}

SessionTest::Reached SessionTest::reach(const std::string& name, HostKeyDecision& decision,
                                        const ConnectLimits& limits)
{
    Target target;
    target.host = m_hosts->host(name).address;
    target.identityFile = m_identity.value_or(m_hosts->key());
    return ssh::connect(target, m_files, m_answers, decision, limits, {});
}

SessionTest::Reached SessionTest::dial(const std::string& alias)
{
    Target target;
    target.host = alias;
    return ssh::connect(target, m_files, m_answers, m_decision, {}, {});
}

void SessionTest::config(const std::string& text)
{
    std::ofstream(m_files.folder / "config") << text;
    m_identity.reset();
}

std::pair<std::filesystem::path, std::string> SessionTest::makeFile(std::size_t size)
{
    std::string content(size, '\0');
    unsigned state = 12345;
    for (char& c : content)
        c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
    const auto file = m_files.home / "content";
    std::ofstream(file, std::ios::binary) << content;
    return {file, content};
}

} // namespace millrace::test
