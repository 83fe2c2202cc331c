// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/ReferenceReport.h"

namespace millrace::ctl
{

Report referenceReport(const WrittenReference& written)
{
    Report report;
    report.json = dumped({{"name", written.name},
                          {"file", written.file},
                          {"bytes", written.size.value},
                          {"seed", written.seed}});
    report.text =
        fmt::format("{} is in {} ({}).\n", written.name, written.file, formatBytes(written.size));
    return report;
}

} // namespace millrace::ctl
