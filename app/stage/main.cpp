// SPDX-License-Identifier: GPL-3.0-or-later
/// millrace-stage: a stage or the gateway of a release, on the node that it was planned for.
/// It measures links for `probe`, too.
#include "app/stage/NodeLog.h"
#include "app/stage/Supervise.h"
#include "base/File.h"
#include "base/Guarded.h"
#include "base/Interrupt.h"
#include "runtime/Node.h"
#include "runtime/Probe.h"
#include "runtime/ProcessMemory.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

namespace
{

using namespace millrace;

constexpr const char* kUsage =
    "usage: millrace-stage [--supervise] [--gateway | --probe | --measure] CONFIG\n"
    "Runs one stage of a release, or its gateway, until it is told to end.\n"
    "millracectl deploy writes the config. --supervise: as a process that stays\n"
    "when the caller goes, and that is started again when it crashes. --probe lets\n"
    "other nodes measure their links, --measure does: it reads \"PEER from|to SECONDS\"\n"
    "and says \"BITS-PER-SECOND DELAY\", line by line.\n";
constexpr std::uintmax_t kMaxConfig = 16U << 20;

enum class Role { Stage, Gateway, Probe, Measure };

/// A line for each on standard input; what cannot be measured says why.
Result<void> measure(const runtime::ProbeConfig& config, const std::filesystem::path& folder,
                     const std::stop_token& stop)
{
    std::map<std::string, std::string> unreachable; // once is enough to wait for nobody
    for (std::string line; std::getline(std::cin, line) && !stop.stop_requested();) {
        std::istringstream words(line);
        std::string peer, way;
        double seconds = 0;
        if (!(words >> peer >> way >> seconds) || (way != "from" && way != "to"))
            return fail(ErrorCode::InvalidArgument, "\"{}\" is not PEER from|to SECONDS", line);
        if (const auto known = unreachable.find(peer); known != unreachable.end()) {
            std::printf("%s\n", known->second.c_str());
            continue;
        }
        const auto figures = runtime::measureLink(config, folder, peer,
                                                  way == "from" ? runtime::Direction::FromHere
                                                                : runtime::Direction::ToHere,
                                                  Seconds{seconds}, stop);
        const std::string said =
            figures ? fmt::format("{} {}", figures->bandwidth.value, figures->delay.value)
                    : "error: " + figures.error().message;
        if (!figures)
            unreachable[peer] = said;
        std::printf("%s\n", said.c_str());
    }
    return {};
}

std::filesystem::path folderOf(const std::filesystem::path& file)
{
    return file.has_parent_path() ? file.parent_path() : ".";
}

Result<void> run(const std::filesystem::path& file, Role role, std::stop_token stop, Log& log)
{
    const auto text = readFile(file, kMaxConfig);
    if (!text)
        return tl::unexpected(text.error());
    const auto folder = folderOf(file);
    const auto logLine = [&log](const std::string& line) { log.write(line); };
    const auto with = [](const auto& config, const auto& use) -> Result<void> {
        return config ? use(*config) : tl::unexpected(config.error());
    };
    switch (role) {
    case Role::Stage:
        return with(runtime::parseStageConfig(*text, file.string()), [&](const auto& config) {
            return runtime::runStage(config, folder, stop, logLine);
        });
    case Role::Gateway:
        return with(runtime::parseGatewayConfig(*text, file.string()), [&](const auto& config) {
            return runtime::runGateway(config, folder, stop, logLine);
        });
    case Role::Probe:
        return with(runtime::parseProbeConfig(*text, file.string()), [&](const auto& config) {
            return runtime::serveProbes(config, folder, stop, logLine);
        });
    case Role::Measure:
        return with(runtime::parseProbeConfig(*text, file.string()),
                    [&](const auto& config) { return measure(config, folder, stop); });
    }
    return {};
}

std::optional<Role> roleOf(const std::vector<std::string>& words)
{
    if (words.size() == 2)
        return Role::Stage;
    if (words.size() != 3)
        return std::nullopt;
    if (words[1] == "--gateway")
        return Role::Gateway;
    if (words[1] == "--probe")
        return Role::Probe;
    return words[1] == "--measure" ? std::optional(Role::Measure) : std::nullopt;
}

} // namespace

int main(int argc, char** argv)
{
    runtime::keepPeakLow();
    if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts(MILLRACE_VERSION);
        return 0;
    }
    std::vector<std::string> words(argv, argv + argc);
    const bool isSupervised = words.size() > 2 && words[1] == "--supervise";
    if (isSupervised)
        words.erase(words.begin() + 1);
    const auto role = roleOf(words);
    if (!role) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    try {
        if (isSupervised)
            return stage::supervise(words, std::filesystem::path(words.back()).parent_path());
        const Interrupt interrupt;
        Log log = *role == Role::Measure ? Log::toStandardError()
                                         : stage::openNodeLog(folderOf(words.back()));
        const auto done =
            guarded("the runner", [&] { return run(words.back(), *role, interrupt.token(), log); });
        if (done || done.error().code == ErrorCode::Cancelled)
            return 0;
        log.write("error: " + done.error().message);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "error: an unexpected failure: %s\n", exception.what());
    }
    return 5;
}
