// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/Profile.h"

#include "base/File.h"
#include "base/Hash.h"
#include "base/Json.h"
#include "inference/Session.h"

#include <fstream>
#include <limits>

namespace millrace::profile
{
namespace
{

using Times = std::map<std::string, Seconds>;

Json timesJson(const Times& times)
{
    Json json = Json::object();
    for (const auto& [layer, seconds] : times)
        json[layer] = seconds.value;
    return json;
}

Result<Times> readTimes(const JsonReader& at)
{
    if (!at.value().is_object())
        return at.error("an object of layer: seconds is needed");
    Times times;
    for (const auto& [layer, value] : at.value().items()) {
        const auto seconds = JsonReader(value, at.path() + "." + layer).number(0);
        if (!seconds)
            return tl::unexpected(seconds.error());
        times[layer] = {*seconds};
    }
    return times;
}

/// Another one whenever the same machine would be measured otherwise.
constexpr const char* kMethod = "cpu-time, pairs";

/// One file for each model, dims, machine, version of the runtime and way of measuring.
std::filesystem::path cacheFile(const std::string& modelSha256,
                                const std::map<std::string, std::int64_t>& dims)
{
    std::string key =
        modelSha256 + "\n" + machineName() + "\n" + inference::runtimeVersion() + "\n" + kMethod;
    for (const auto& [name, value] : dims)
        key += fmt::format("\n{}={}", name, value);
    return cacheFolder() / "profiles" / (sha256(key) + ".json");
}

Result<Profile> readProfile(const JsonReader& root)
{
    const auto format =
        root.required("format").and_then([](const JsonReader& r) { return r.string(); });
    if (!format)
        return tl::unexpected(format.error());
    if (*format != "millrace-profile/1")
        return root.error("format must be \"millrace-profile/1\"");
    if (auto ok = root.allowOnly({"format", "model_sha256", "dims", "machine", "runs", "seconds",
                                  "cold_start_s", "classes"});
        !ok)
        return tl::unexpected(ok.error());
    Profile profile;
    const auto text = [&root](std::string_view key) {
        return root.required(key).and_then([](const JsonReader& r) { return r.string(); });
    };
    const auto hash = text("model_sha256");
    const auto machine = text("machine");
    const auto runs =
        root.required("runs").and_then([](const JsonReader& r) { return r.integer(0, 1000000); });
    const auto seconds = root.required("seconds").and_then(&readTimes);
    for (const Error* error :
         {hash ? nullptr : &hash.error(), machine ? nullptr : &machine.error(),
          runs ? nullptr : &runs.error(), seconds ? nullptr : &seconds.error()})
        if (error != nullptr)
            return tl::unexpected(*error);
    profile.modelSha256 = *hash;
    profile.machine = *machine;
    profile.runs = static_cast<int>(*runs);
    profile.seconds = *seconds;
    if (const auto coldStart = root.optional("cold_start_s")) {
        const auto time = coldStart->number(0);
        if (!time)
            return tl::unexpected(time.error());
        profile.coldStart = {*time};
    }
    if (const auto dims = root.optional("dims")) {
        if (!dims->value().is_object())
            return dims->error("an object of name: size is needed");
        for (const auto& [name, value] : dims->value().items()) {
            const auto size = JsonReader(value, dims->path() + "." + name)
                                  .integer(0, std::numeric_limits<std::int64_t>::max());
            if (!size)
                return tl::unexpected(size.error());
            profile.dims[name] = *size;
        }
    }
    if (const auto classes = root.optional("classes")) {
        if (!classes->value().is_object())
            return classes->error("an object of class: times is needed");
        for (const auto& [name, value] : classes->value().items()) {
            auto times = readTimes(JsonReader(value, classes->path() + "." + name));
            if (!times)
                return tl::unexpected(times.error());
            profile.classes[name] = std::move(*times);
        }
    }
    return profile;
}

} // namespace

std::string writeProfile(const Profile& profile)
{
    Json dims = Json::object();
    for (const auto& [name, value] : profile.dims)
        dims[name] = value;
    Json classes = Json::object();
    for (const auto& [name, times] : profile.classes)
        classes[name] = timesJson(times);
    const Json json = {{"format", "millrace-profile/1"},
                       {"model_sha256", profile.modelSha256},
                       {"dims", std::move(dims)},
                       {"machine", profile.machine},
                       {"runs", profile.runs},
                       {"seconds", timesJson(profile.seconds)},
                       {"cold_start_s", profile.coldStart.value},
                       {"classes", std::move(classes)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Profile> parseProfile(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return readProfile(JsonReader(*document, source));
}

std::string machineName()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        for (const std::string_view key : {"model name", "Model"})
            if (line.starts_with(key) && line.find(": ") != std::string::npos)
                return line.substr(line.find(": ") + 2);
    return "unknown machine";
}

Result<Profile> cached(const std::string& modelSha256,
                       const std::map<std::string, std::int64_t>& dims)
{
    const std::filesystem::path path = cacheFile(modelSha256, dims);
    const auto content = readFile(path);
    if (!content)
        return fail(ErrorCode::NotFound, "the model was not measured on this machine yet");
    return parseProfile(*content, path.string());
}

Result<void> cache(const Profile& profile)
{
    const std::filesystem::path path = cacheFile(profile.modelSha256, profile.dims);
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    return writeFileAtomically(path, writeProfile(profile));
}

} // namespace millrace::profile
