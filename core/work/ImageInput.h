// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Tensor.h"
#include "onnx/Model.h"

#include <optional>

namespace millrace::work
{

/// Where a tensor of four axes (batch first) has its channels.
enum class Layout { Nchw, Nhwc };
enum class ChannelOrder { Rgb, Bgr };
struct ImageSize {
    int width = 0, height = 0;
    bool operator==(const ImageSize&) const = default;
};

/// How an image becomes an input: (value in [0, 1] - mean) / deviation, per channel in the order in
/// which the tensor has them.
struct ImageOptions {
    std::vector<double> mean{0}, deviation{1}; ///< one value, or one per channel
    std::optional<Layout> layout; ///< none: by where the input has 1 or 3 channels, NCHW first
    ChannelOrder channels = ChannelOrder::Rgb;
    std::optional<ImageSize> size; ///< resized to this, then the middle is cut out to the input's
                                   ///< size; none: resized to the input's size
};

/// Eight-bit RGB, row by row.
struct Image {
    ImageSize size;
    std::vector<std::uint8_t> pixels;
};

/// PNG and JPEG (libpng, libjpeg-turbo); transparent parts become white. Hostile input: at most
/// 100 million pixels. ParseError or Unsupported, with `source` in front.
[[nodiscard]] Result<Image> decodeImage(std::string_view content, const std::string& source);

/// With a triangle filter as wide as a pixel of the smaller of the two images (bilinear when it
/// grows, antialiased when it shrinks).
[[nodiscard]] Image resized(const Image& image, ImageSize size);
/// The middle; `size` must fit in.
[[nodiscard]] Image cropped(const Image& image, ImageSize size);

/// An image as this input takes it: float32, float64 or uint8 (0 to 255 and no mean), batch 1, 1 or
/// 3 channels. InvalidArgument says what the input takes.
[[nodiscard]] Result<inference::Tensor> imageTensor(const Image& image, const onnx::Port& input,
                                                    const ImageOptions& options);

} // namespace millrace::work
