// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestHosts.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace millrace::test
{
namespace
{

namespace fs = std::filesystem;
/// Of the password, by `openssl passwd -6 -salt millrace`: made anew, it would stand in the process
/// list where a test looks for it.
constexpr const char* kPasswordHash = "$6$millrace$y.wLRBzSs74iPO1p2CoDVb5wv4ac9h4QaajHeKIQeTo8Godd"
                                      "QCYPCLBP9OFLIo3xShR91A2PCDDB/hFwd/4Bn.";

void check(bool ok, const std::string& what)
{
    if (!ok)
        throw std::runtime_error(what + ": " + std::strerror(errno));
}

void write(const fs::path& file, const std::string& text, ::mode_t mode = 0644)
{
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
}

/// Removes the folder once this program is gone, also when it was killed. A child of its own that
/// stays outside the namespaces.
void leaveReaper(const fs::path& folder)
{
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
    const ::pid_t child = ::fork();
    check(child >= 0, "fork");
    if (child == 0) {
        ::setsid();
        for (int fd = 0; fd < 1024; ++fd) // a caller that waits for our output must not wait
            if (fd != ends[0])
                ::close(fd);
        char byte = 0;
        while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
        }
        ::rmdir(folder.c_str());
        ::_exit(0);
    }
    ::close(ends[0]); // ends[1] stays open until this program ends
}

void becomeANetwork(const fs::path& folder)
{
    leaveReaper(folder);
    check(::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0, "unshare");
    check(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount private");
    check(::mount("millrace", folder.c_str(), "tmpfs", 0, "mode=755") == 0, "mount tmpfs");
    // The new namespace has a /sys of its own, which ip and tc look into.
    ::mount("sysfs", "/sys", "sysfs", 0, nullptr);
    runProgram({"ip", "link", "set", "lo", "up"});
    for (const char* bridge : {"outer", "inner"}) {
        runProgram({"ip", "link", "add", bridge, "type", "bridge"});
        runProgram({"ip", "link", "set", bridge, "up"});
    }
    runProgram({"ip", "address", "add", "10.97.0.1/24", "dev", "outer"});
}

std::string tbfRate(BitsPerSecond rate)
{
    return std::to_string(static_cast<long long>(rate.value)) + "bit";
}

} // namespace

std::string runProgram(const std::vector<std::string>& arguments)
{
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
    const ::pid_t child = ::fork();
    check(child >= 0, "fork");
    if (child == 0) {
        ::dup2(ends[1], 1);
        ::dup2(ends[1], 2);
        std::vector<char*> argv;
        for (const std::string& argument : arguments)
            argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string output;
    std::array<char, 4096> block{};
    for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
        output.append(block.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::string line;
        for (const std::string& argument : arguments)
            line += argument + " ";
        throw std::runtime_error(line + "failed: " + output);
    }
    return output;
}

std::vector<::pid_t> TestHost::processes() const
{
    std::error_code error;
    const auto own = fs::read_symlink("/proc/" + std::to_string(init) + "/ns/net", error);
    std::vector<::pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const ::pid_t pid = std::atoi(entry.path().filename().c_str());
        if (pid > 0 && fs::read_symlink(entry.path() / "ns" / "net", error) == own)
            found.push_back(pid);
    }
    return found;
}

void TestHost::signalAll(int signal) const
{
    for (const ::pid_t pid : processes())
        ::kill(pid, signal);
}

std::string TestHosts::missing()
{
    if (::geteuid() != 0)
        return "root is needed to make network namespaces";
    for (const char* program :
         {"/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/sbin/ip", "/usr/sbin/tc"})
        if (::access(program, X_OK) != 0 &&
            ::access((std::string("/sbin") + std::strrchr(program, '/')).c_str(), X_OK) != 0)
            return std::string(program) + " is missing; installers/dependencies.sh --tests";
    const ::pid_t child = ::fork();
    if (child == 0)
        ::_exit(::unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0          ? 1
                : ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ? 2
                                                                                   : 0);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        return "the root folder is no mount of its own (a chroot); mount --bind it onto itself";
    return status == 0 ? "" : "this system does not let us make namespaces";
}

TestHosts::TestHosts(const std::vector<TestHostOptions>& hosts)
    : m_folder("/tmp/millrace-hosts-" + std::to_string(::getpid()))
{
    fs::create_directory(m_folder);
    becomeANetwork(m_folder);
    fs::create_directories(m_folder / "client" / ".ssh");
    runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key().string()});
    int number = 2;
    for (const TestHostOptions& options : hosts)
        makeHost(options, number++);
}

TestHosts::~TestHosts()
{
    for (const TestHost& host : m_hosts) {
        ::kill(host.init, SIGKILL); // process 1 takes all others of its namespace along
        ::waitpid(host.init, nullptr, 0);
    }
}

const TestHost& TestHosts::host(const std::string& name) const
{
    for (const TestHost& host : m_hosts)
        if (host.name == name)
            return host;
    throw std::runtime_error("no host " + name);
}

void TestHosts::makeHost(const TestHostOptions& options, int number)
{
    const fs::path root = m_folder / options.name;
    TestHost host{options.name,
                  (options.behind.empty() ? "10.97.0." : "10.98.0.") + std::to_string(number),
                  root / "home", root / "host_key.pub", -1};
    fs::create_directories(host.home / ".ssh");
    fs::create_directories(root / "small");
    runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", (root / "host_key").string()});
    fs::copy_file(key().string() + ".pub", host.home / ".ssh" / "authorized_keys");
    runProgram({"chown", "-R", "2001:2001", host.home.string()});
    write(root / "passwd",
          "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n"
          "sshd:x:2000:65534::/run/sshd:/usr/sbin/nologin\nada:x:2001:2001::" +
              host.home.string() + ":/bin/bash\n");
    write(root / "shadow",
          "root:*:19000::::::\nsshd:*:19000::::::\nada:" + std::string(kPasswordHash) +
              ":19000::::::\n",
          0600);
    write(root / "group", "root:x:0:\nnogroup:x:65534:\nada:x:2001:\n");
    write(root / "sshd_config",
          "Port 22\nHostKey " + (root / "host_key").string() +
              "\nPidFile none\nUsePAM no\nUseDNS no\nMaxStartups 100\nLogLevel ERROR\n"
              "PasswordAuthentication yes\nKbdInteractiveAuthentication no\n" +
              (options.sshdConfig.find("Subsystem") == std::string::npos
                   ? "Subsystem sftp internal-sftp\n"
                   : "") +
              options.sshdConfig);
    host.init = startHost(host, root);
    m_hosts.push_back(host);
    plug(host, options, number);
}

/// A child with namespaces of its own, in which a grandchild becomes sshd and process 1.
::pid_t TestHosts::startHost(const TestHost&, const fs::path& root) const
{
    // The process namespace is for children of the one who asks, so it is asked for here.
    const int own = ::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    check(::unshare(CLONE_NEWPID) == 0, "unshare");
    const ::pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const auto over = [](const fs::path& from, const char* to) {
            return ::mount(from.c_str(), to, nullptr, MS_BIND, nullptr) == 0;
        };
        bool ok = ::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
                  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  ::mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
                  ::mount("run", "/run", "tmpfs", 0, "mode=755") == 0 &&
                  ::mkdir("/run/sshd", 0755) == 0 && over(root / "passwd", "/etc/passwd") &&
                  over(root / "shadow", "/etc/shadow") && over(root / "group", "/etc/group") &&
                  ::mount("small", (root / "small").c_str(), "tmpfs", 0,
                          "size=1m,mode=700,uid=2001,gid=2001") == 0;
        ok = ok && std::system("ip link set lo up") == 0;
        ::setsid();
        const int log = ::open((root / "sshd.log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
        ::dup2(log, 1);
        ::dup2(log, 2);
        // Ready for the network; sshd comes when it is there (see plug()).
        for (int i = 0; ok && i < 1000 && ::access((root / "plugged").c_str(), F_OK) != 0; ++i)
            ::usleep(10000);
        if (ok)
            ::execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-e", "-f",
                    (root / "sshd_config").c_str(), nullptr);
        ::_exit(1);
    }
    check(::setns(own, CLONE_NEWPID) == 0, "setns");
    ::close(own);
    check(child > 0, "fork");
    return child;
}

void TestHosts::plug(const TestHost& host, const TestHostOptions& options, int number)
{
    const std::string init = std::to_string(host.init);
    const auto outside = fs::read_symlink("/proc/self/ns/net");
    for (int i = 0; fs::read_symlink("/proc/" + init + "/ns/net") == outside; ++i) {
        check(i < 500, host.name + " has no network namespace");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const auto connect = [&](const std::string& bridge, const std::string& inside,
                             const std::string& port, const std::string& address) {
        runProgram(
            {"ip", "link", "add", port, "type", "veth", "peer", "name", inside, "netns", init});
        runProgram({"ip", "link", "set", port, "master", bridge, "up"});
        const auto within = [&](std::vector<std::string> command) {
            std::vector<std::string> line = {"nsenter", "--net=/proc/" + init + "/ns/net"};
            line.insert(line.end(), command.begin(), command.end());
            runProgram(line);
        };
        within({"ip", "address", "add", address, "dev", inside});
        within({"ip", "link", "set", inside, "up"});
        if (!options.upTo)
            return;
        const std::vector<std::string> limit = {
            "root", "tbf", "rate", tbfRate(*options.upTo), "burst", "64kbit", "latency", "50ms"};
        std::vector<std::string> there = {"tc", "qdisc", "add", "dev", inside};
        there.insert(there.end(), limit.begin(), limit.end());
        within(there);
        std::vector<std::string> here = {"tc", "qdisc", "add", "dev", port};
        here.insert(here.end(), limit.begin(), limit.end());
        runProgram(here);
    };
    const std::string port = "p" + std::to_string(number);
    connect(options.behind.empty() ? "outer" : "inner", "eth0", port, host.address + "/24");
    if (!options.behind.empty()) {
        // The jump host gets a second leg, once.
        const TestHost& jump = this->host(options.behind);
        const std::string leg = "leg-" + jump.name;
        if (::access(("/sys/class/net/" + leg).c_str(), F_OK) != 0) {
            const std::string jumpInit = std::to_string(jump.init);
            runProgram({"ip", "link", "add", leg, "type", "veth", "peer", "name", "eth1", "netns",
                        jumpInit});
            runProgram({"ip", "link", "set", leg, "master", "inner", "up"});
            const std::string net = "--net=/proc/" + jumpInit + "/ns/net";
            runProgram({"nsenter", net, "ip", "address", "add", "10.98.0.250/24", "dev", "eth1"});
            runProgram({"nsenter", net, "ip", "link", "set", "eth1", "up"});
        }
    }
    write(m_folder / host.name / "plugged", "");
}

} // namespace millrace::test
