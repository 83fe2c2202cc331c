// SPDX-License-Identifier: GPL-3.0-or-later
/// The files that commands open and write, and what is wrong with them.
#pragma once

#include "cluster/Cluster.h"
#include "ctl/Options.h"

#include <filesystem>
#include <vector>

namespace millrace::ctl
{

/// For errors of reading what the operator named: a folder or an unreadable file is bad input, not
/// a failure of the machine.
[[nodiscard]] tl::unexpected<Error> badInput(Error error);

/// A file that could not be written in the end, or that is one of the `others` which the command
/// reads or writes, too.
[[nodiscard]] Result<void> checkOutput(const std::filesystem::path& output,
                                       const std::vector<std::filesystem::path>& others);

/// onnx::load, with unreadable files as bad input.
[[nodiscard]] Result<onnx::Model> loadModel(const std::filesystem::path& path, const Dims& dims,
                                            const Context& context);
[[nodiscard]] Result<std::string> readInput(const std::filesystem::path& path);
[[nodiscard]] Result<cluster::Cluster> readClusterInput(const std::filesystem::path& path);
[[nodiscard]] std::vector<std::string> deviceNames(const cluster::Cluster& cluster);

} // namespace millrace::ctl
