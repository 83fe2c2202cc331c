// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/CpuTime.h"
#include "base/File.h"
#include "base/TemporaryFolder.h"
#include "inference/Session.h"
#include "profile/KernelTrace.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <thread>

namespace millrace::profile
{
namespace
{

/// About as long as a stage of a pipeline waits for its next input.
constexpr std::chrono::milliseconds kPause{100};
constexpr int kPerPair = 2; ///< a run after the pause, and one at once

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Result<std::vector<inference::NamedTensor>> randomInputs(const inference::Session& session)
{
    std::vector<inference::NamedTensor> feeds;
    for (const inference::ValueInfo& input : session.inputs()) {
        auto tensor = inference::randomTensor(input.dtype, input.shape, feeds.size() + 1);
        if (!tensor)
            return inContext("input \"" + input.name + "\"", tensor.error());
        feeds.push_back({input.name, std::move(*tensor)});
    }
    return feeds;
}

/// One run. `share`: how much of its time this thread had a core; the session has no other thread.
/// The rest was other processes' and is in every kernel's time.
struct Run {
    Seconds cpu;
    double share = 1;
};

Result<std::vector<Run>> runAll(inference::Session& session, const MeasureOptions& options,
                                std::stop_token stop, ProgressSink& progress)
{
    const auto feeds = randomInputs(session);
    if (!feeds)
        return tl::unexpected(feeds.error());
    std::vector<Run> runs;
    const int total = kPerPair * (options.warmups + options.runs);
    for (int run = 0; run < total; ++run) {
        progress.progress(fmt::format("measuring layer times, run {} of {}", run + 1, total),
                          static_cast<double>(run) / total);
        if (run % kPerPair == 0)
            std::this_thread::sleep_for(kPause);
        const Seconds cpuBefore = threadCpuTime();
        const auto before = std::chrono::steady_clock::now();
        if (const auto outputs = session.run(*feeds, stop); !outputs)
            return tl::unexpected(outputs.error());
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
        const Seconds cpu = threadCpuTime() - cpuBefore;
        runs.push_back({cpu, wall.count() > 0 ? std::min(1.0, cpu.value / wall.count()) : 1});
    }
    return runs;
}

/// The second runs of the least disturbed half of the counted pairs, at least three where there are
/// so many: the rest also lost what it had in the processor's caches.
std::vector<std::size_t> calmRuns(const std::vector<Run>& runs, const MeasureOptions& options)
{
    std::vector<std::size_t> calm;
    for (int pair = options.warmups; pair < options.warmups + options.runs; ++pair)
        calm.push_back(static_cast<std::size_t>(kPerPair * pair + 1));
    std::stable_sort(calm.begin(), calm.end(), [&runs](std::size_t a, std::size_t b) {
        return runs[a].share > runs[b].share;
    });
    calm.resize(std::max((calm.size() + 1) / 2, std::min(calm.size(), std::size_t{3})));
    return calm;
}

Seconds coldStart(const std::vector<Run>& runs, const MeasureOptions& options)
{
    std::vector<double> extra;
    for (int pair = options.warmups; pair < options.warmups + options.runs; ++pair) {
        const auto paced = static_cast<std::size_t>(kPerPair * pair);
        extra.push_back((runs[paced].cpu - runs[paced + 1].cpu).value);
    }
    return {std::max(0.0, median(std::move(extra)))};
}

std::map<std::string, Seconds> layerTimes(std::span<const ProfiledLayer> layers,
                                          const std::vector<std::vector<Kernel>>& kernels,
                                          const std::vector<Run>& all,
                                          const MeasureOptions& options)
{
    const Owners owners(layers);
    std::map<std::string, std::optional<std::size_t>> known;
    std::vector<std::vector<double>> runs;
    for (const std::size_t run : calmRuns(all, options)) {
        runs.push_back(charge(kernels[run], owners, known, layers.size()));
        for (double& time : runs.back())
            time *= all[run].share;
    }
    std::map<std::string, Seconds> seconds;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        std::vector<double> times;
        for (const auto& run : runs)
            times.push_back(run[layer]);
        seconds[layers[layer].name] = {median(std::move(times)) * 1e-6};
    }
    return seconds;
}

} // namespace

Result<Profile> measure(const std::filesystem::path& model, std::span<const ProfiledLayer> layers,
                        const MeasureOptions& options, std::stop_token stop, ProgressSink& progress)
{
    if (layers.empty())
        return fail(ErrorCode::InvalidArgument, "the model has no layers to measure");
    if (options.runs < 1 || options.warmups < 0)
        return fail(ErrorCode::InvalidArgument, "at least one run is needed to measure");
    const auto folder = TemporaryFolder::create();
    if (!folder)
        return tl::unexpected(folder.error());
    inference::SessionOptions sessionOptions;
    sessionOptions.profilePrefix = folder->path() / "profile";
    progress.progress("loading the model", -1);
    auto session = inference::Session::fromFile(model, sessionOptions);
    if (!session)
        return tl::unexpected(session.error());
    const auto runs = runAll(*session, options, stop, progress);
    if (!runs)
        return tl::unexpected(runs.error());
    const auto file = session->endProfiling();
    if (!file)
        return tl::unexpected(file.error());
    const auto trace = readFile(*file);
    if (!trace)
        return tl::unexpected(trace.error());
    const auto kernels = parseKernels(*trace, file->string());
    if (!kernels)
        return tl::unexpected(kernels.error());
    if (kernels->size() != runs->size())
        return fail(ErrorCode::Internal, "the profiler saw {} of {} runs; measure again",
                    kernels->size(), runs->size());
    Profile profile;
    profile.machine = machineName();
    profile.runs = options.runs;
    profile.seconds = layerTimes(layers, *kernels, *runs, options);
    profile.coldStart = coldStart(*runs, options);
    progress.progress("measured", 1);
    return profile;
}

} // namespace millrace::profile
