// SPDX-License-Identifier: GPL-3.0-or-later
/// A small model that is deployed onto three hosts of a test, cut where the test wants it.
#pragma once

#include "deploy/Deploy.h"
#include "ssh/Session.h"
#include "support/Messages.h"

namespace millrace::test
{

/// Where the two cuts of the eight layers are.
using Cuts = std::pair<int, int>;

/// Four convolutions of 1.1 MiB each, with a Relu behind each.
void writeSmallModel(const std::string& path);
/// Its stages are on the cluster's devices 1 to 3; device 0 is the gateway's.
[[nodiscard]] deploy::Deployment smallDeployment(const std::string& modelFile,
                                                 const std::string& clusterText, Cuts cuts);
/// Of the account whose home is this folder.
[[nodiscard]] ssh::UserFiles userFiles(const std::filesystem::path& folder);
/// Whether its gateway says so.
[[nodiscard]] bool serves(const deploy::Release& release);

} // namespace millrace::test
