// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `deploy`: what needs several rooms at once, on the way from a model to a running release.
/// It may use every other core room; none of them uses it.
#pragma once

#include "base/Progress.h"
#include "onnx/Model.h"
#include "plan/MakeProblem.h"
#include "profile/Profile.h"

#include <filesystem>
#include <stop_token>
#include <variant>

namespace millrace::deploy
{

/// From FLOPs and bytes; at once.
struct EstimatedTimes {
};
/// Measured on this machine: from the cache, else now (several seconds) and then cached.
struct MeasuredTimes {
    profile::MeasureOptions options;
};
/// Measured on this machine now, whatever the cache holds, and then cached: what runs next is
/// compared with them, and this machine may be slower today than it was.
struct FreshTimes {
    profile::MeasureOptions options;
};
/// Measured on this machine earlier; NotFound when the cache holds nothing for this model.
struct CachedTimes {
};
/// From a "millrace-profile/1" file, which must be of this model.
struct ProfileFile {
    std::filesystem::path path;
};
using TimesRequest =
    std::variant<EstimatedTimes, MeasuredTimes, FreshTimes, CachedTimes, ProfileFile>;

/// The times a model is planned with: where they come from is the request's, and the result says
/// whether they were measured. A cache that cannot be written does not fail the measurement.
/// Cancelled when stopped. Blocking; to be called off the GUI thread.
[[nodiscard]] Result<plan::LayerTimes> layerTimes(const onnx::Model& model,
                                                  const TimesRequest& request, std::stop_token stop,
                                                  ProgressSink& progress);

/// Times by layer name as the planner wants them, by graph order. InvalidArgument when the profile
/// is of another model or of other dims, or lacks a layer: its message says which.
[[nodiscard]] Result<plan::LayerTimes> timesFromProfile(const onnx::Model& model,
                                                        const profile::Profile& profile);

} // namespace millrace::deploy
