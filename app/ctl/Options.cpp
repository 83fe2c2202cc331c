// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Options.h"

#include <charconv>
#include <cmath>

namespace millrace::ctl
{
namespace
{

template <class T>
std::optional<T> parsed(std::string_view text)
{
    T value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

/// The option with everything that a wrong value gets: its name and what would be right.
CLI::Option* addChecked(CLI::App& command, const std::string& name,
                        const std::function<bool(const std::string&)>& accept,
                        const std::string& wanted, const std::string& help)
{
    const auto check = [=](const std::string& text) {
        if (!accept(text))
            throw CLI::ValidationError(name, fmt::format("\"{}\" is not {}", text, wanted));
    };
    return command.add_option_function<std::string>(name, check, help)->option_text("N");
}

} // namespace

void addDims(CLI::App& command, Dims& dims)
{
    const auto take = [&dims](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            const auto equals = text.rfind('=');
            const auto size = equals == std::string::npos
                                  ? std::nullopt
                                  : parsed<std::int64_t>(text.substr(equals + 1));
            if (!size || *size < 1 || equals == 0)
                throw CLI::ValidationError(
                    "--dim",
                    fmt::format("\"{}\" is not NAME=N with N a whole number of 1 or more", text));
            if (!dims.emplace(text.substr(0, equals), *size).second)
                throw CLI::ValidationError(
                    "--dim", fmt::format("\"{}\" is given twice", text.substr(0, equals)));
        }
    };
    command
        .add_option_function<std::vector<std::string>>(
            "--dim", take, "Size of a free dimension of the model; may be repeated")
        ->allow_extra_args(false)
        ->option_text("NAME=N");
}

CLI::Option* addInteger(CLI::App& command, const std::string& name, std::int64_t low,
                        std::int64_t high, const std::function<void(std::int64_t)>& set,
                        const std::string& help)
{
    const auto accept = [=](const std::string& text) {
        const auto value = parsed<std::int64_t>(text);
        if (!value || *value < low || *value > high)
            return false;
        set(*value);
        return true;
    };
    return addChecked(command, name, accept, fmt::format("a whole number of {} or more", low),
                      help);
}

CLI::Option* addNumber(CLI::App& command, const std::string& name,
                       const std::function<void(double)>& set, const std::string& help)
{
    const auto accept = [=](const std::string& text) {
        const auto value = parsed<double>(text);
        if (!value || !std::isfinite(*value) || *value < 0)
            return false;
        set(*value);
        return true;
    };
    return addChecked(command, name, accept, "a number of 0 or more", help);
}

void addSeed(CLI::App& command, std::uint64_t& seed, const std::string& help)
{
    addInteger(
        command, "--seed", 0, std::numeric_limits<std::int64_t>::max(),
        [&seed](std::int64_t value) { seed = static_cast<std::uint64_t>(value); }, help);
}

void addProfile(CLI::App& command, std::optional<deploy::TimesRequest>& times,
                const std::string& help)
{
    const auto take = [&times](const std::string& text) {
        if (text == "measure")
            times = deploy::MeasuredTimes{};
        else if (text == "estimate")
            times = deploy::EstimatedTimes{};
        else
            times = deploy::ProfileFile{text};
    };
    command.add_option_function<std::string>("--profile", take, help)
        ->option_text("FILE|measure|estimate");
}

} // namespace millrace::ctl
