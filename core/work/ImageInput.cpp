// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/ImageInput.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace millrace::work
{
namespace
{

constexpr int kChannels = 3;

/// What one output position takes of the input along one axis.
struct Taps {
    int first = 0;
    std::vector<double> weights; ///< their sum is 1
};

std::vector<Taps> triangleTaps(int from, int to)
{
    const double scale = static_cast<double>(from) / to;
    const double reach = std::max(1.0, scale);
    std::vector<Taps> taps(static_cast<std::size_t>(to));
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * scale - 0.5;
        Taps& tap = taps[static_cast<std::size_t>(i)];
        tap.first = std::max(0, static_cast<int>(std::ceil(centre - reach)));
        const int last = std::min(from - 1, static_cast<int>(std::floor(centre + reach)));
        double sum = 0;
        for (int k = tap.first; k <= last; ++k) {
            tap.weights.push_back(std::max(0.0, 1 - std::abs(k - centre) / reach));
            sum += tap.weights.back();
        }
        for (double& weight : tap.weights)
            weight /= sum;
    }
    return taps;
}

std::size_t at(int x, int y, int width, int channel)
{
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(x)) *
               kChannels +
           static_cast<std::size_t>(channel);
}

/// Rows become `width` long; heights stay.
std::vector<double> stretchedRows(const Image& image, int width)
{
    const std::vector<Taps> taps = triangleTaps(image.size.width, width);
    std::vector<double> rows(at(0, image.size.height, width, 0));
    for (int y = 0; y < image.size.height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < kChannels; ++c) {
                const Taps& tap = taps[static_cast<std::size_t>(x)];
                double value = 0;
                for (std::size_t k = 0; k < tap.weights.size(); ++k)
                    value +=
                        tap.weights[k] *
                        image.pixels[at(tap.first + static_cast<int>(k), y, image.size.width, c)];
                rows[at(x, y, width, c)] = value;
            }
    return rows;
}

struct Geometry {
    Layout layout = Layout::Nchw;
    int channels = 0;
    ImageSize size;
};

tl::unexpected<Error> doesNotFit(const onnx::Port& input, const std::string& why)
{
    return fail(ErrorCode::InvalidArgument, "input \"{}\" is {} [{}]: {}", input.name,
                graph::name(input.dtype), fmt::join(input.shape, ", "), why);
}

/// `fallback`: the size where the input leaves it open.
Result<Geometry> geometry(const onnx::Port& input, const ImageOptions& options, ImageSize fallback)
{
    const auto isColour = [](std::int64_t dim) { return dim == 1 || dim == 3; };
    const auto& shape = input.shape;
    if (shape.size() != 4 || (shape[0] != 1 && shape[0] != -1))
        return doesNotFit(input, "an image needs four axes, with a batch of 1; give it as .npy");
    const Layout layout = options.layout.value_or(isColour(shape[1]) ? Layout::Nchw : Layout::Nhwc);
    const std::size_t rows = layout == Layout::Nchw ? 2 : 1;
    const std::int64_t channels = layout == Layout::Nchw ? shape[1] : shape[3];
    if (!isColour(channels))
        return doesNotFit(input, "an image has 1 or 3 channels; name the layout, or give .npy");
    const auto dim = [](std::int64_t wanted, int open) {
        return wanted < 0 ? open : static_cast<int>(std::min<std::int64_t>(wanted, 1 << 20));
    };
    return Geometry{layout,
                    static_cast<int>(channels),
                    {dim(shape[rows + 1], fallback.width), dim(shape[rows], fallback.height)}};
}

double channelOf(const std::uint8_t* pixel, int channel, const Geometry& geometry,
                 ChannelOrder order)
{
    if (geometry.channels == 1) // the luma of ITU-R BT.601, which JPEG and most libraries use
        return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    return pixel[order == ChannelOrder::Rgb ? channel : kChannels - 1 - channel];
}

double perChannel(const std::vector<double>& values, int channel)
{
    return values.size() == 1 ? values.front() : values[static_cast<std::size_t>(channel)];
}

template <class T>
void put(inference::Tensor& tensor, std::size_t index, double value)
{
    const T element = static_cast<T>(value);
    std::memcpy(tensor.data.data() + index * sizeof(T), &element, sizeof(T));
}

/// `image` has the size of the geometry, the tensor its place.
void fill(inference::Tensor& tensor, const Image& image, const Geometry& geometry,
          const ImageOptions& options)
{
    const std::size_t pixels = image.pixels.size() / kChannels;
    for (std::size_t p = 0; p < pixels; ++p)
        for (int c = 0; c < geometry.channels; ++c) {
            const double value =
                channelOf(&image.pixels[p * kChannels], c, geometry, options.channels);
            const double scaled =
                (value / 255 - perChannel(options.mean, c)) / perChannel(options.deviation, c);
            const std::size_t index =
                geometry.layout == Layout::Nchw
                    ? static_cast<std::size_t>(c) * pixels + p
                    : p * static_cast<std::size_t>(geometry.channels) + static_cast<std::size_t>(c);
            if (tensor.dtype == graph::DType::UInt8)
                put<std::uint8_t>(tensor, index, std::round(value));
            else if (tensor.dtype == graph::DType::Float32)
                put<float>(tensor, index, scaled);
            else
                put<double>(tensor, index, scaled);
        }
}

Result<void> checkOptions(const onnx::Port& input, const ImageOptions& options, int channels)
{
    for (const auto* values : {&options.mean, &options.deviation})
        if (values->size() != 1 && values->size() != static_cast<std::size_t>(channels))
            return doesNotFit(input, fmt::format("mean and std need 1 or {} values", channels));
    if (std::any_of(options.deviation.begin(), options.deviation.end(),
                    [](double deviation) { return !(deviation > 0); }))
        return fail(ErrorCode::InvalidArgument, "std must be above 0");
    using graph::DType;
    if (input.dtype == DType::UInt8 && options.mean == std::vector<double>{0} &&
        options.deviation == std::vector<double>{1})
        return {};
    if (input.dtype == DType::UInt8)
        return doesNotFit(input, "it takes the plain pixels; leave mean and std out");
    if (input.dtype != DType::Float32 && input.dtype != DType::Float64)
        return doesNotFit(input, "images become float32, float64 or uint8; give it as .npy");
    return {};
}

} // namespace

Image resized(const Image& image, ImageSize size)
{
    assert(size.width > 0 && size.height > 0);
    if (size == image.size)
        return image;
    const std::vector<double> rows = stretchedRows(image, size.width);
    const std::vector<Taps> taps = triangleTaps(image.size.height, size.height);
    Image result{size, std::vector<std::uint8_t>(at(0, size.height, size.width, 0))};
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
            for (int c = 0; c < kChannels; ++c) {
                const Taps& tap = taps[static_cast<std::size_t>(y)];
                double value = 0;
                for (std::size_t k = 0; k < tap.weights.size(); ++k)
                    value += tap.weights[k] *
                             rows[at(x, tap.first + static_cast<int>(k), size.width, c)];
                result.pixels[at(x, y, size.width, c)] =
                    static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
            }
    return result;
}

Image cropped(const Image& image, ImageSize size)
{
    assert(size.width <= image.size.width && size.height <= image.size.height);
    const int left = (image.size.width - size.width) / 2;
    const int top = (image.size.height - size.height) / 2;
    Image result{size, {}};
    for (int y = 0; y < size.height; ++y) {
        const auto row = image.pixels.begin() +
                         static_cast<std::ptrdiff_t>(at(left, top + y, image.size.width, 0));
        result.pixels.insert(result.pixels.end(), row, row + size.width * kChannels);
    }
    return result;
}

Result<inference::Tensor> imageTensor(const Image& image, const onnx::Port& input,
                                      const ImageOptions& options)
{
    const auto shape = geometry(input, options, options.size.value_or(image.size));
    if (!shape)
        return tl::unexpected(shape.error());
    if (const auto ok = checkOptions(input, options, shape->channels); !ok)
        return tl::unexpected(ok.error());
    const ImageSize size = options.size.value_or(shape->size);
    if (size.width < shape->size.width || size.height < shape->size.height)
        return doesNotFit(input,
                          fmt::format("{}x{} is smaller than the input", size.width, size.height));
    const Image fitting = cropped(resized(image, size), shape->size);

    const auto [width, height] = shape->size;
    const std::int64_t channels = shape->channels;
    inference::Tensor tensor{input.dtype, {1, channels, height, width}, {}};
    if (shape->layout == Layout::Nhwc)
        tensor.shape = {1, height, width, channels};
    const auto bytes = graph::denseBytes(tensor.dtype, tensor.shape);
    if (!bytes)
        return tl::unexpected(bytes.error());
    tensor.data.resize(static_cast<std::size_t>(bytes->value));
    fill(tensor, fitting, *shape, options);
    return tensor;
}

} // namespace millrace::work
