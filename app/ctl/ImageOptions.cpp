// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ImageOptions.h"

#include <algorithm>
#include <charconv>

namespace millrace::ctl
{
namespace
{

std::vector<double> numbers(const std::string& option, const std::string& text)
{
    std::vector<double> values;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        double value = 0;
        const auto [stopped, error] =
            std::from_chars(text.data() + begin, text.data() + end, value);
        if (error != std::errc() || stopped != text.data() + end)
            throw CLI::ValidationError(
                option,
                fmt::format("\"{}\" is not a number, or three like 0.485,0.456,0.406", text));
        values.push_back(value);
        begin = end + 1;
    }
    return values;
}

work::ImageSize imageSize(const std::string& text)
{
    work::ImageSize size;
    const char* end = text.data() + text.size();
    const auto [cross, first] = std::from_chars(text.data(), end, size.width);
    const bool hasTwo = first == std::errc() && cross != end && *cross == 'x';
    const auto [stopped, second] = std::from_chars(hasTwo ? cross + 1 : end, end, size.height);
    if (!hasTwo || second != std::errc() || stopped != end || size.width < 1 || size.height < 1 ||
        size.width > 20000 || size.height > 20000)
        throw CLI::ValidationError("--size",
                                   fmt::format("\"{}\" is not WIDTHxHEIGHT, like 256x256", text));
    return size;
}

/// One of the words that an option knows.
template <class T>
std::function<void(const std::string&)>
choice(const std::string& option, std::map<std::string, T> known, const std::function<void(T)>& set)
{
    return [=](const std::string& word) {
        const auto found = known.find(word);
        if (found == known.end()) {
            std::vector<std::string> words;
            for (const auto& [name, value] : known)
                words.push_back(name);
            throw CLI::ValidationError(option, fmt::format("there is no \"{}\"; what there is: {}",
                                                           word, fmt::join(words, ", ")));
        }
        set(found->second);
    };
}

} // namespace

void addImageOptions(CLI::App& command, work::ImageOptions& options)
{
    using work::ChannelOrder;
    using work::Layout;
    const auto list = [&](const std::string& name, std::vector<double>& into,
                          const std::string& help) {
        command
            .add_option_function<std::string>(
                name, [name, &into](const std::string& text) { into = numbers(name, text); }, help)
            ->option_text("M|M,M,M");
    };
    list("--mean", options.mean, "Taken off the image's values in [0, 1] (0)");
    list("--std", options.deviation, "What the values are then divided by (1)");
    command
        .add_option_function<std::string>(
            "--layout",
            choice<Layout>("--layout", {{"nchw", Layout::Nchw}, {"nhwc", Layout::Nhwc}},
                           [&options](Layout layout) { options.layout = layout; }),
            "Where the input has its channels (found by itself)")
        ->option_text("nchw|nhwc");
    command
        .add_option_function<std::string>(
            "--channels",
            choice<ChannelOrder>("--channels",
                                 {{"rgb", ChannelOrder::Rgb}, {"bgr", ChannelOrder::Bgr}},
                                 [&options](ChannelOrder order) { options.channels = order; }),
            "Their order (rgb)")
        ->option_text("rgb|bgr");
    command
        .add_option_function<std::string>(
            "--size", [&options](const std::string& text) { options.size = imageSize(text); },
            "Resize to this and take the middle; without it, to the input's size")
        ->option_text("WxH");
}

} // namespace millrace::ctl
