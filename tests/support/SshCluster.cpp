// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/SshCluster.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace millrace::test
{
namespace
{

namespace fs = std::filesystem;

bool listens(const std::string& address)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(22);
    ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    const bool isThere = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    ::close(fd);
    return isThere;
}

std::string textOf(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

} // namespace

SshCluster::SshCluster(const std::vector<TestHostOptions>& hosts)
    : m_hosts(std::make_unique<TestHosts>(hosts))
{
    for (const TestHostOptions& options : hosts)
        m_names.push_back(options.name);
    m_folder = m_hosts->folder() / "client" / ".ssh";
    const fs::path real = fs::path(::getpwuid(::getuid())->pw_dir) / ".ssh";
    ::mkdir(real.c_str(), 0700);
    // In the namespaces of this program only.
    if (::mount(m_folder.c_str(), real.c_str(), nullptr, MS_BIND, nullptr) != 0)
        throw std::runtime_error("cannot put a folder over " + real.string());
    knowAll();
    for (const TestHostOptions& options : hosts)
        for (int i = 0; options.behind.empty() && !listens(host(options.name).address); ++i) {
            if (i == 1000)
                throw std::runtime_error(options.name + " has no sshd");
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
}

SshCluster::~SshCluster() = default;

void SshCluster::knowAll() const
{
    std::ofstream file(knownHosts());
    for (const std::string& name : m_names)
        file << host(name).address << " " << textOf(host(name).hostKeyPub);
}

std::string SshCluster::device(const std::string& name, const std::string& more) const
{
    return "  - {name: " + name + ", address: " + host(name).address +
           ", user: ada, identity_file: " + m_hosts->key().string() + ", " + more + "}\n";
}

void SshCluster::within(const std::string& host, std::vector<std::string> command) const
{
    command.insert(command.begin(),
                   {"nsenter", "--net=/proc/" + std::to_string(this->host(host).init) + "/ns/net"});
    runProgram(command);
}

void SshCluster::limit(const std::string& host, int number, BitsPerSecond rate) const
{
    const std::string port = "p" + std::to_string(number + 2); // as TestHosts counts
    const std::vector<std::string> tbf = {
        "root",  "tbf",    "rate",    std::to_string(static_cast<long long>(rate.value)) + "bit",
        "burst", "64kbit", "latency", "50ms"};
    std::vector<std::string> there = {"tc", "qdisc", "replace", "dev", "eth0"};
    there.insert(there.end(), tbf.begin(), tbf.end());
    within(host, there);
    std::vector<std::string> here = {"tc", "qdisc", "replace", "dev", port};
    here.insert(here.end(), tbf.begin(), tbf.end());
    runProgram(here);
}

std::vector<std::string> SshCluster::runners(const std::string& name) const
{
    const std::string folder = this->folder(name).string() + "/";
    std::vector<std::string> found;
    for (const ::pid_t pid : host(name).processes()) {
        std::string line = textOf("/proc/" + std::to_string(pid) + "/cmdline");
        std::replace(line.begin(), line.end(), '\0', ' ');
        if (line.find(folder) != std::string::npos)
            found.push_back(line);
    }
    return found;
}

} // namespace millrace::test
