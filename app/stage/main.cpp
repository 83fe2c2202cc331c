// SPDX-License-Identifier: GPL-3.0-or-later
/// millrace-stage: a stage or the gateway of a release, on the node that it was planned for.
#include "Supervise.h"
#include "base/File.h"
#include "base/Interrupt.h"
#include "runtime/Node.h"
#include "runtime/ProcessMemory.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace
{

using namespace millrace;

constexpr const char* kUsage =
    "usage: millrace-stage [--supervise] [--gateway] CONFIG\n"
    "Runs one stage of a release, or its gateway, until it is told to end.\n"
    "millracectl deploy writes the config. --supervise: as a process that stays\n"
    "when the caller goes, and that is started again when it crashes.\n";
constexpr std::uintmax_t kMaxConfig = 16U << 20;

void logLine(const std::string& line)
{
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    std::fprintf(stderr, "%s %s\n", text, oneLine(line).c_str());
}

Result<void> run(const std::filesystem::path& file, bool isGateway, std::stop_token stop)
{
    const auto text = readFile(file, kMaxConfig);
    if (!text)
        return tl::unexpected(text.error());
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (isGateway) {
        const auto config = runtime::parseGatewayConfig(*text, file.string());
        return config ? runtime::runGateway(*config, folder, std::move(stop), logLine)
                      : tl::unexpected(config.error());
    }
    const auto config = runtime::parseStageConfig(*text, file.string());
    return config ? runtime::runStage(*config, folder, std::move(stop), logLine)
                  : tl::unexpected(config.error());
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
    const bool isGateway = words.size() == 3 && words[1] == "--gateway";
    if (words.size() != 2 && !isGateway) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    try {
        if (isSupervised)
            return stage::supervise(words, std::filesystem::path(words.back()).parent_path());
        const Interrupt interrupt;
        const auto done = run(words.back(), isGateway, interrupt.token());
        if (done || done.error().code == ErrorCode::Cancelled)
            return 0;
        logLine("error: " + done.error().message);
    } catch (const std::exception& exception) {
        logLine(std::string("error: an unexpected failure: ") + exception.what());
    }
    return 5;
}
