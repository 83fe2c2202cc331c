// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"
#include "ctl/Report.h"

namespace millrace::ctl
{

/// A reference architecture that was written.
struct WrittenReference {
    std::string name, file;
    Bytes size;
    std::uint64_t seed = 0;
};
[[nodiscard]] Report referenceReport(const WrittenReference& written);

} // namespace millrace::ctl
