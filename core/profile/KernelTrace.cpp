// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/KernelTrace.h"

#include "base/Json.h"

#include <algorithm>

namespace millrace::profile
{
namespace
{

/// As JSON can hold it: what is no UTF-8 is replaced.
std::string quoted(const std::string& text)
{
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The profiler writes names of nodes as they are, quotes and line breaks included.
std::string withQuotedNames(const std::string& trace)
{
    constexpr std::string_view kBefore = "\"name\" :\"";
    constexpr std::string_view kAfter = "\",\"args\" : {";
    std::string mended;
    std::size_t done = 0;
    for (auto at = trace.find(kBefore); at != std::string::npos; at = trace.find(kBefore, done)) {
        const std::size_t begin = at + kBefore.size();
        const std::size_t end = trace.find(kAfter, begin);
        if (end == std::string::npos)
            break;
        mended.append(trace, done, begin - 1 - done);
        mended += quoted(trace.substr(begin, end - begin));
        done = end + 1;
    }
    return mended.append(trace, done);
}

std::string asWritten(const std::string& name)
{
    return Json::parse(quoted(name)).get<std::string>();
}

} // namespace

Result<std::vector<std::vector<Kernel>>> parseKernels(const std::string& trace,
                                                      const std::string& source)
{
    const auto document = parseJson(withQuotedNames(trace), source);
    if (!document)
        return tl::unexpected(document.error());
    constexpr std::string_view kSuffix = "_kernel_time";
    std::vector<Kernel> all;
    std::vector<std::pair<double, double>> runs;
    for (const Json& event : *document) {
        const std::string name = event.value("name", "");
        const double start = event.value("ts", 0.0);
        const double end = start + event.value("dur", 0.0);
        if (name == "model_run")
            runs.emplace_back(start, end);
        else if (event.value("cat", "") == "Node" && name.ends_with(kSuffix))
            all.push_back({name.substr(0, name.size() - kSuffix.size()), start, end});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Kernel& a, const Kernel& b) { return a.start < b.start; });
    std::vector<std::vector<Kernel>> kernels(runs.size());
    for (std::size_t run = 0; run < runs.size(); ++run) {
        double covered = -1;
        for (const Kernel& kernel : all) {
            if (kernel.start < runs[run].first || kernel.end > runs[run].second + 1)
                continue;
            if (kernel.end <= covered && kernel.start < covered)
                continue;
            covered = kernel.end;
            kernels[run].push_back(kernel);
        }
    }
    return kernels;
}

Owners::Owners(std::span<const ProfiledLayer> layers)
{
    for (std::size_t i = 0; i < layers.size(); ++i) {
        m_byName.emplace(asWritten(layers[i].name), i);
        for (const std::string& output : layers[i].outputs)
            m_byName.emplace(asWritten(output), i);
    }
}

std::optional<std::size_t> Owners::find(const std::string& kernel) const
{
    if (const auto exact = m_byName.find(kernel); exact != m_byName.end())
        return exact->second;
    std::optional<std::size_t> best;
    std::size_t length = 3; // shorter names are found in anything
    for (const auto& [name, layer] : m_byName)
        if (name.size() > length && kernel.find(name) != std::string::npos) {
            best = layer;
            length = name.size();
        }
    return best;
}

std::vector<double> charge(const std::vector<Kernel>& kernels, const Owners& owners,
                           std::map<std::string, std::optional<std::size_t>>& known,
                           std::size_t layerCount)
{
    std::vector<double> times(layerCount, 0);
    std::size_t before = 0;
    for (const Kernel& kernel : kernels) {
        auto at = known.find(kernel.name);
        if (at == known.end())
            at = known.emplace(kernel.name, owners.find(kernel.name)).first;
        before = at->second.value_or(before);
        times[before] += kernel.end - kernel.start;
    }
    return times;
}

} // namespace millrace::profile
