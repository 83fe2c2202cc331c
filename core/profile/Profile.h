// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `profile`: measured layer times of this machine. It uses `inference` and `base`.
#pragma once

#include "base/Error.h"
#include "base/Progress.h"
#include "base/Units.h"

#include <filesystem>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::profile
{

/// Times of one model's layers; "millrace-profile/1" on disk. Keyed by layer name, so that it
/// outlives reordering.
struct Profile {
    std::string modelSha256;
    std::map<std::string, std::int64_t> dims;
    std::string machine; ///< free text: CPU model; part of the cache key
    int runs = 0;
    std::map<std::string, Seconds> seconds; ///< a layer fused into an earlier one has 0
    Seconds
        coldStart; ///< what a run after a pause takes beyond these: caches were others' meanwhile
    std::map<std::string, std::map<std::string, Seconds>>
        classes; ///< per device class: layer -> seconds; may be empty
    bool operator==(const Profile&) const = default;
};
[[nodiscard]] std::string writeProfile(const Profile& profile);
[[nodiscard]] Result<Profile> parseProfile(std::string_view text, const std::string& source);

struct MeasureOptions {
    int runs = 9;    ///< counted pairs of runs
    int warmups = 1; ///< pairs before
};

/// One layer as the profiler will see it: its name and the tensors it makes (a fused kernel is
/// found by what it makes).
struct ProfiledLayer {
    std::string name;
    std::vector<std::string> outputs;
};

/// Runs the model (from onnx::exportForProfiling) with ONNX Runtime's profiler, one thread, the
/// runner's session options, seeded random inputs. Runs come in pairs, one after a pause and one at
/// once: layer times are of the second, and what the first takes longer is the cold start, which
/// every stage of a pipeline pays in each run, wherever the model is cut. Times are of this
/// thread's own share of a core, and the median is over the less disturbed half of the runs, so
/// that other work on this machine does not make layers look slow. Kernels fused from several
/// layers are charged to the first of them; what the profiler names but no layer owns (inserted
/// copies and reorders) goes to the layer before it. `layers` in topological order. Several
/// seconds; cancellable between runs.
[[nodiscard]] Result<Profile> measure(const std::filesystem::path& model,
                                      std::span<const ProfiledLayer> layers,
                                      const MeasureOptions& options, std::stop_token stop,
                                      ProgressSink& progress);

/// This machine's CPU, for the cache key and the reader.
[[nodiscard]] std::string machineName();

/// A profile from the cache folder for this model, dims, machine and ONNX Runtime version; NotFound
/// when there is none.
[[nodiscard]] Result<Profile> cached(const std::string& modelSha256,
                                     const std::map<std::string, std::int64_t>& dims);
[[nodiscard]] Result<void> cache(const Profile& profile);

} // namespace millrace::profile
