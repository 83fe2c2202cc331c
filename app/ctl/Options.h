// SPDX-License-Identifier: GPL-3.0-or-later
/// What several commands read from the command line.
#pragma once

#include "ctl/Command.h"
#include "deploy/LayerTimes.h"
#include "work/OpenPlan.h"

#include <optional>
#include <string>

namespace millrace::ctl
{

using work::Dims;

/// --dim NAME=N, repeatable. `dims` must outlive the parsing.
void addDims(CLI::App& command, Dims& dims);

/// A whole number in [low, high], strictly: no "1e3", no "0x10", no "-1" that wraps around.
CLI::Option* addInteger(CLI::App& command, const std::string& name, std::int64_t low,
                        std::int64_t high, const std::function<void(std::int64_t)>& set,
                        const std::string& help);
/// A finite number >= 0.
CLI::Option* addNumber(CLI::App& command, const std::string& name,
                       const std::function<void(double)>& set, const std::string& help);
void addSeed(CLI::App& command, std::uint64_t& seed, const std::string& help);

/// --profile FILE|measure|estimate.
void addProfile(CLI::App& command, std::optional<deploy::TimesRequest>& times,
                const std::string& help);

} // namespace millrace::ctl
