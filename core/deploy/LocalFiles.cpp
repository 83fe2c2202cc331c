// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LocalFiles.h"

#include "base/File.h"
#include "deploy/NodeConfigs.h"
#include "deploy/Process.h"
#include "deploy/ReleaseParts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <random>

namespace millrace::deploy
{
namespace
{

// Below 32768, where Linux begins to give ports to outgoing connections: such a one could take a
// stage's port while the stage is down.
constexpr int kFirstPort = 17400;
constexpr int kLastPort = 32767;

/// Keeps a port for itself until it is gone.
class BoundPort
{
public:
    explicit BoundPort(int port) : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_isFree = m_fd >= 0 &&
                   ::bind(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    BoundPort(BoundPort&& other) noexcept : m_fd(other.m_fd), m_isFree(other.m_isFree)
    {
        other.m_fd = -1;
    }
    BoundPort& operator=(BoundPort&&) = delete;
    ~BoundPort()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] bool isFree() const { return m_isFree; }

private:
    int m_fd;
    bool m_isFree = false;
};

Result<void> makePrivateFolder(const std::filesystem::path& folder)
{
    if (::mkdir(folder.c_str(), 0700) != 0)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}", folder.string(),
                    std::strerror(errno));
    return {};
}

/// Moving within the release's folder is renaming: no byte is copied.
Result<void> moveFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot move it to {}: {}", from.string(), to.string(),
                    error.message());
    return {};
}

/// The stage's model with its weights beside it, under the names that the model knows.
Result<Bytes> moveModel(const std::filesystem::path& split, const onnx::StageFile& stage,
                        const std::filesystem::path& folder)
{
    Bytes moved;
    for (const std::filesystem::path& file : stageFiles(split, stage)) {
        std::error_code error;
        moved += Bytes{static_cast<std::int64_t>(std::filesystem::file_size(file, error))};
        if (auto ok = moveFile(file, folder / file.filename()); !ok)
            return tl::unexpected(ok.error());
    }
    return moved;
}

Result<Fingerprints> writeIdentities(const Release& release)
{
    Fingerprints fingerprints;
    for (const ReleaseNode& node : release.nodes) {
        const auto made = writeIdentity(nodeFolder(release, node), "node", node.name);
        if (!made)
            return tl::unexpected(made.error());
        fingerprints.nodes.push_back(*made);
    }
    const auto client = writeIdentity(release.folder, "client", "client");
    if (!client)
        return tl::unexpected(client.error());
    fingerprints.client = *client;
    return fingerprints;
}

Result<void> writeConfigs(const Release& release, const NodeConfigs& configs)
{
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const auto file = nodeFolder(release, release.nodes[n]) / "config.json";
        const std::string text = n < configs.stages.size()
                                     ? runtime::writeStageConfig(configs.stages[n])
                                     : runtime::writeGatewayConfig(configs.gateway);
        if (auto ok = writePrivateFile(file, text); !ok)
            return ok;
    }
    return {};
}

Result<onnx::Manifest> splitModel(const LocalDeployment& deployment,
                                  const std::filesystem::path& folder, std::stop_token stop,
                                  Steps& steps)
{
    steps.running("", "split");
    StepProgress progress(steps, "", "split");
    auto manifest =
        splitStages(deployment.model, deployment.plan, folder, std::move(stop), progress);
    if (manifest)
        steps.done("", "split", WhenUndone::TakenBack);
    return manifest;
}

/// Every node's folder, and in a stage's its model.
Result<void> distribute(const Release& release, const onnx::Manifest& manifest,
                        const std::filesystem::path& split, Steps& steps)
{
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const ReleaseNode& node = release.nodes[n];
        const auto folder = nodeFolder(release, node);
        if (auto ok = makePrivateFolder(folder); !ok)
            return ok;
        if (n == manifest.stages.size())
            continue;
        steps.running(node.device, "copy");
        const auto moved = moveModel(split, manifest.stages[n], folder);
        if (!moved)
            return tl::unexpected(moved.error());
        steps.done(node.device, "copy", WhenUndone::TakenBack, formatBytes(*moved));
    }
    return moveFile(split / "manifest.json", release.folder / "manifest.json").and_then([&] {
        return removeFolder(split);
    });
}

} // namespace

Result<ReleaseLock> ReleaseLock::take(const Release& release)
{
    const auto file = release.folder / "lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(ErrorCode::Io, "{}: cannot open: {}", file.string(), std::strerror(errno));
    ReleaseLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const auto holder = readFile(file, 100);
        return fail(ErrorCode::Network,
                    "release {} is being worked on by another Millrace (process {}); wait until it "
                    "is done",
                    release.id, holder ? *holder : "?");
    }
    const std::string self = std::to_string(::getpid());
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, self.data(), self.size(), 0) < 0)
        return fail(ErrorCode::Io, "{}: cannot write: {}", file.string(), std::strerror(errno));
    return lock;
}

ReleaseLock::~ReleaseLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

std::string newReleaseId(const std::filesystem::path& model, double unixSeconds)
{
    std::string stem = model.stem().string().substr(0, 40);
    for (char& c : stem) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            c = '-';
    }
    stem.erase(0, stem.find_first_not_of('-'));
    const auto seconds = static_cast<std::time_t>(unixSeconds);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    return fmt::format("{}-{:04}{:02}{:02}-{:02}{:02}{:02}-{:04x}", stem.empty() ? "model" : stem,
                       utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                       utc.tm_sec, std::random_device()() & 0xffffU);
}

Result<std::vector<std::uint16_t>> freePorts(std::size_t count)
{
    std::vector<std::uint16_t> taken;
    for (const Release& release : localReleases())
        for (const ReleaseNode& node : release.nodes)
            taken.push_back(node.endpoint.port);
    std::vector<std::uint16_t> ports;
    std::vector<BoundPort> kept; // until all are chosen
    constexpr int kRange = kLastPort - kFirstPort + 1;
    const int start = static_cast<int>(std::random_device()() % kRange);
    for (int i = 0; i < kRange && ports.size() < count; ++i) {
        const auto port = static_cast<std::uint16_t>(kFirstPort + (start + i) % kRange);
        if (std::find(taken.begin(), taken.end(), port) != taken.end())
            continue;
        kept.emplace_back(port);
        if (kept.back().isFree())
            ports.push_back(port);
        else
            kept.pop_back();
    }
    if (ports.size() < count)
        return fail(ErrorCode::Network, "there are no {} free ports between {} and {}", count,
                    kFirstPort, kLastPort);
    return ports;
}

Result<std::filesystem::path> findRunner(const std::filesystem::path& runner)
{
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto path = runner.empty() ? self.parent_path() / "millrace-stage" : runner;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::Io,
                    "{}: the runner is not there; install Millrace's programs in "
                    "one folder",
                    path.string());
    return std::filesystem::absolute(path, error);
}

Result<void> makeFolder(const Release& release)
{
    std::error_code error;
    std::filesystem::create_directories(release.folder.parent_path(), error);
    std::filesystem::permissions(release.folder.parent_path(), std::filesystem::perms::owner_all,
                                 error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}",
                    release.folder.parent_path().string(), error.message());
    return makePrivateFolder(release.folder).and_then([&] { return saveRelease(release); });
}

Result<void> saveRelease(const Release& release)
{
    return writePrivateFile(release.folder / "release.json", writeRelease(release));
}

Result<void> writeNodes(const LocalDeployment& deployment, const Emulation& emulation,
                        Release& release, std::stop_token stop, Steps& steps)
{
    const auto split = release.folder / "split";
    const auto manifest = splitModel(deployment, split, std::move(stop), steps);
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (auto ok = distribute(release, *manifest, split, steps); !ok)
        return ok;
    const auto fingerprints = writeIdentities(release);
    if (!fingerprints)
        return tl::unexpected(fingerprints.error());
    release.gatewayFingerprint = fingerprints->nodes.back();
    return writeConfigs(release, nodeConfigs(release, emulation, *manifest, *fingerprints));
}

Result<void> removeFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot remove it: {}", folder.string(), error.message());
    return {};
}

} // namespace millrace::deploy
