// SPDX-License-Identifier: GPL-3.0-or-later
#include "Golden.h"

#include "base/File.h"

#include <cstdlib>

namespace millrace::test
{
namespace
{

std::string said(const ctl::Report& report)
{
    std::string text = fmt::format("exit code {}\n", static_cast<int>(report.code));
    if (!report.error.empty())
        text += fmt::format("error: {}\n", report.error);
    return text + fmt::format("--- text\n{}--- json\n{}", report.text, report.json);
}

std::string lineAt(const std::string& text, std::size_t at)
{
    const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
}

} // namespace

std::string departure(const std::string& name, const ctl::Report& report)
{
    const std::filesystem::path file =
        std::filesystem::path(MILLRACE_GOLDEN) / fmt::format("{}.txt", name);
    const std::string now = said(report);
    if (std::getenv("MILLRACE_WRITE_GOLDEN") != nullptr) {
        const auto written = writeFileAtomically(file, now);
        return written ? "" : written.error().message;
    }
    const auto golden = readFile(file);
    if (!golden)
        return golden.error().message;
    if (*golden == now)
        return {};
    std::size_t at = 0;
    while (at < std::min(golden->size(), now.size()) && (*golden)[at] == now[at])
        ++at;
    return fmt::format("{}: expected\n{}\nand it says\n{}", file.filename().string(),
                       lineAt(*golden, at), lineAt(now, at));
}

} // namespace millrace::test
