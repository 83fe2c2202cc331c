// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Facts.h"

#include "base/File.h"

#include <link.h>
#include <sys/utsname.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace millrace::deploy
{
namespace
{

/// Certificates are valid from a day before they were made.
constexpr double kSlowestClock = 20 * 3600;
/// For logs, configs and the folder itself.
constexpr Bytes kDiskReserve{std::int64_t{16} << 20};

template <class T>
T number(std::string_view text, int base = 10)
{
    T value{};
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

Bytes kibibytes(std::string_view text)
{
    constexpr std::int64_t kMost = std::int64_t{1} << 50;
    return Bytes{std::clamp<std::int64_t>(number<std::int64_t>(text), 0, kMost) << 10};
}

void take(Facts& facts, std::string_view key, std::string_view value)
{
    if (key == "system")
        facts.system = value;
    else if (key == "architecture")
        facts.architecture = value;
    else if (key == "libc")
        facts.libc = value;
    else if (key == "folder")
        facts.folder = value;
    else if (key == "parent")
        facts.parent = value;
    else if (key == "writable")
        facts.isWritable = value == "yes";
    else if (key == "cores")
        facts.cores = std::max(1, number<int>(value));
    else if (key == "memory_kib")
        facts.memory = kibibytes(value);
    else if (key == "memory_free_kib")
        facts.freeMemory = kibibytes(value);
    else if (key == "disk_free_kib")
        facts.freeDisk = kibibytes(value);
    else if (key == "clock")
        facts.clock = static_cast<double>(number<std::int64_t>(value));
    else if (key == "services")
        facts.services = value == "systemd" ? Services::Systemd : Services::Process;
    else if (key == "listens")
        facts.listeningPorts.insert(number<std::uint16_t>(value, 16));
}

/// The newest GLIBC_2.x among a program's symbol versions.
int neededGlibc(const std::string& program)
{
    constexpr std::string_view kPrefix = "GLIBC_2.";
    int newest = 0;
    for (std::size_t at = program.find(kPrefix); at != std::string::npos;
         at = program.find(kPrefix, at + 1)) {
        const std::string_view rest = std::string_view(program).substr(at + kPrefix.size(), 3);
        newest = std::max(newest, number<int>(rest));
    }
    return newest;
}

std::string ownArchitecture()
{
    ::utsname name{};
    return ::uname(&name) == 0 ? name.machine : "";
}

/// Of the ONNX Runtime that this process has loaded.
std::filesystem::path ownLibrary()
{
    std::filesystem::path found;
    ::dl_iterate_phdr(
        [](dl_phdr_info* loaded, std::size_t, void* path) {
            const std::string name = loaded->dlpi_name;
            if (name.find("/libonnxruntime.so") == std::string::npos)
                return 0;
            *static_cast<std::filesystem::path*>(path) = name;
            return 1;
        },
        &found);
    return found;
}

/// Empty: the runner can run there.
std::string systemProblem(const Facts& facts, const RunnerFiles& runner)
{
    constexpr std::string_view kGlibc = "glibc 2.";
    if (facts.system != "Linux")
        return fmt::format("its system is {}; the runner needs Linux", facts.system);
    if (!facts.libc.starts_with(kGlibc))
        return "its C library is not glibc, which the runner needs";
    if (number<int>(std::string_view(facts.libc).substr(kGlibc.size())) < runner.glibcMinor)
        return fmt::format("it has {}, and the runner needs 2.{}; update the system, or build "
                           "Millrace on one as old",
                           facts.libc, runner.glibcMinor);
    return {};
}

} // namespace

Result<Facts> parseFacts(std::string_view text)
{
    Facts facts;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
        if (const auto equals = line.find('='); equals != std::string::npos)
            take(facts, line.substr(0, equals), line.substr(equals + 1));
    if (facts.system.empty() || facts.architecture.empty() || facts.folder.empty())
        return fail(ErrorCode::ParseError, "the host says nothing sensible of itself");
    return facts;
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

Result<RunnerFiles> runnerFor(const std::string& architecture, const std::filesystem::path& runner)
{
    RunnerFiles files;
    files.architecture = architecture;
    const auto own = findRunner(runner);
    if (!own)
        return tl::unexpected(own.error());
    if (architecture == ownArchitecture()) {
        files.program = *own;
        files.library = ownLibrary();
    } else {
        const auto folder = own->parent_path() / "runners" / architecture;
        files.program = folder / "millrace-stage";
        files.library = folder / "libonnxruntime.so.1";
    }
    std::error_code error;
    for (const auto& file : {files.program, files.library})
        if (!std::filesystem::is_regular_file(file, error))
            return fail(ErrorCode::Unsupported,
                        "its architecture is {}, and there is no runner for it; put "
                        "millrace-stage and libonnxruntime.so.1 for {} into {}",
                        architecture, architecture,
                        (own->parent_path() / "runners" / architecture).string());
    const auto program = readFile(files.program, std::uintmax_t{1} << 28);
    if (!program)
        return tl::unexpected(program.error());
    files.glibcMinor = neededGlibc(*program);
    return files;
}

std::vector<Fault> faultsOf(const Facts& facts, const RunnerFiles& runner, const Demand& demand,
                            double now)
{
    std::vector<Fault> faults;
    const auto note = [&faults](Aspect aspect, ErrorCode code, std::string message) {
        faults.push_back({aspect, {code, std::move(message)}});
    };
    if (auto problem = systemProblem(facts, runner); !problem.empty())
        note(Aspect::System, ErrorCode::Unsupported, std::move(problem));
    if (!facts.isWritable)
        note(Aspect::Folder, ErrorCode::Io,
             fmt::format("{} cannot be written to; Millrace keeps its files in {}",
                         facts.parent.string(), facts.folder.string()));
    if (facts.freeDisk < demand.disk + kDiskReserve)
        note(Aspect::Disk, ErrorCode::ResourceExhausted,
             fmt::format("{} are free on the disk of {}, up to {} are needed; make room",
                         formatBytes(facts.freeDisk), facts.parent.string(),
                         formatBytes(demand.disk + kDiskReserve)));
    if (facts.freeMemory < demand.memory)
        note(Aspect::Memory, ErrorCode::ResourceExhausted,
             fmt::format("{} of memory are free, its stage needs {}; end other programs, or give "
                         "the device less memory in the cluster file",
                         formatBytes(facts.freeMemory), formatBytes(demand.memory)));
    if (now - facts.clock > kSlowestClock)
        note(Aspect::Clock, ErrorCode::Unsupported,
             fmt::format("its clock is {:.0f} hours slow, and no certificate is valid there yet; "
                         "set it",
                         (now - facts.clock) / 3600));
    return faults;
}

Result<void> checkFacts(const Facts& facts, const RunnerFiles& runner, const Demand& demand,
                        double now)
{
    auto faults = faultsOf(facts, runner, demand, now);
    if (faults.empty())
        return {};
    return tl::unexpected(std::move(faults.front().error));
}

} // namespace millrace::deploy
