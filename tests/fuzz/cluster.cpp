// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Cluster.h"

#include "FuzzTarget.h"

using namespace millrace;

/// A cluster that is read is valid, and equal after writing and reading.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto parsed = cluster::parseCluster(test::textOf(data, size), "f");
    if (!parsed) {
        test::requireOneLine(parsed.error().message);
        return 0;
    }
    test::require(cluster::validate(*parsed).has_value(), "a cluster that is read is valid");
    const std::string text = cluster::writeCluster(*parsed);
    const auto again = cluster::parseCluster(text, "f");
    test::require(again && *again == *parsed, "a cluster survives writing and reading: " + text);
    return 0;
}
