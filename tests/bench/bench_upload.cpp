// SPDX-License-Identifier: GPL-3.0-or-later
/// 100 MB over SSH, by Millrace and by scp, in turns, to the same host. Both times contain the
/// connection. Needs root.
#include "ssh/Session.h"
#include "support/TestHosts.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

using namespace millrace;

namespace
{

double timed(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void check(bool ok, const std::string& message)
{
    if (ok)
        return;
    std::fprintf(stderr, "error: %s\n", message.c_str());
    std::exit(1);
}

class Bench
{
public:
    Bench() : m_hosts({{"fast", {}, "", ""}, {"limited", BitsPerSecond{1e8}, "", ""}})
    {
        m_files.home = m_hosts.folder() / "client";
        m_files.folder = m_files.home / ".ssh";
        m_files.user = "ada";
        std::ofstream(m_files.folder / "config") << "StrictHostKeyChecking accept-new\n";
        std::mt19937_64 random(1);
        std::ofstream out(m_files.home / "content", std::ios::binary);
        for (int i = 0; i < 100'000'000 / 8; ++i) {
            const auto value = random();
            out.write(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }
    void compare(const std::string& name, int rounds)
    {
        std::vector<double> ours;
        std::vector<double> theirs;
        for (int i = 0; i < rounds; ++i) {
            std::filesystem::remove_all(m_hosts.host(name).home / "models");
            ours.push_back(timed([&] { upload(name); }));
            theirs.push_back(timed([&] { scp(name); }));
        }
        std::printf("%-8s  Millrace %.2f s  scp %.2f s  ratio %.2f  (medians of %d)\n",
                    name.c_str(), median(ours), median(theirs), median(ours) / median(theirs),
                    rounds);
    }

private:
    void upload(const std::string& name)
    {
        ssh::NoCredentials credentials;
        ssh::AcceptListed decision;
        ssh::Target target;
        target.host = m_hosts.host(name).address;
        target.identityFile = m_hosts.key();
        auto host = ssh::connect(target, m_files, credentials, decision, {}, {});
        check(host.has_value(), host ? "" : host.error().message);
        ssh::NoTransferSink sink;
        const auto end = (*host)->upload({m_files.home / "content", "models", "f"}, sink, {});
        check(end && *end == ssh::UploadEnd::Sent, end ? "not sent" : end.error().message);
    }
    void scp(const std::string& name)
    {
        test::runProgram({"scp", "-q", "-F", "none", "-i", m_hosts.key().string(), "-o",
                          "UserKnownHostsFile=" + (m_files.folder / "known_hosts").string(),
                          (m_files.home / "content").string(),
                          "ada@" + m_hosts.host(name).address + ":scp-copy"});
    }

    test::TestHosts m_hosts;
    ssh::UserFiles m_files;
};

} // namespace

int main()
{
    if (const std::string missing = test::TestHosts::missing(); !missing.empty()) {
        std::fprintf(stderr, "error: no SSH hosts: %s\n", missing.c_str());
        return 1;
    }
    Bench bench;
    bench.compare("fast", 7);
    bench.compare("limited", 3);
    return 0;
}
