// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/ImageInput.h"

#include <png.h>
#include <turbojpeg.h>

#include <memory>

namespace millrace::work
{
namespace
{

constexpr std::int64_t kMostPixels = 100'000'000;
constexpr std::size_t kChannels = 3;

Result<Image> emptyImage(std::int64_t width, std::int64_t height, const std::string& source)
{
    if (width < 1 || height < 1)
        return fail(ErrorCode::ParseError, "{}: not a sound image: it has no size", source);
    if (width > kMostPixels || height > kMostPixels / width)
        return fail(ErrorCode::Unsupported, "{}: {} x {} pixels are too many; scale it down",
                    source, width, height);
    return Image{{static_cast<int>(width), static_cast<int>(height)},
                 std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * kChannels)};
}

Result<Image> decodePng(std::string_view content, const std::string& source)
{
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<png_image, decltype(&png_image_free)> guard(&png, &png_image_free);
    if (png_image_begin_read_from_memory(&png, content.data(), content.size()) == 0)
        return fail(ErrorCode::ParseError, "{}: not a sound PNG file: {}", source, png.message);
    auto image = emptyImage(png.width, png.height, source);
    if (!image)
        return image;
    png.format = PNG_FORMAT_RGB;
    png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; // else 16 bits without a gamma would count as linear
    const png_color white{255, 255, 255};
    if (png_image_finish_read(&png, &white, image->pixels.data(), 0, nullptr) == 0)
        return fail(ErrorCode::ParseError, "{}: not a sound PNG file: {}", source, png.message);
    return image;
}

Result<Image> decodeJpeg(std::string_view content, const std::string& source)
{
    struct Destroy {
        void operator()(void* handle) const { tjDestroy(handle); }
    };
    const std::unique_ptr<void, Destroy> jpeg(tjInitDecompress());
    if (!jpeg)
        return fail(ErrorCode::Internal, "{}: the JPEG library cannot be started", source);
    const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
    const auto broken = [&] {
        return fail(ErrorCode::ParseError, "{}: not a sound JPEG file: {}", source,
                    tjGetErrorStr2(jpeg.get()));
    };
    int width = 0;
    int height = 0;
    int sampling = 0;
    int space = 0;
    if (tjDecompressHeader3(jpeg.get(), bytes, content.size(), &width, &height, &sampling,
                            &space) != 0)
        return broken();
    if (space == TJCS_CMYK || space == TJCS_YCCK)
        return fail(ErrorCode::Unsupported,
                    "{}: a JPEG file in print colours (CMYK); convert it "
                    "to RGB",
                    source);
    auto image = emptyImage(width, height, source);
    if (!image)
        return image;
    if (tjDecompress2(jpeg.get(), bytes, content.size(), image->pixels.data(), width, 0, height,
                      TJPF_RGB, TJFLAG_ACCURATEDCT) != 0)
        return broken();
    return image;
}

} // namespace

Result<Image> decodeImage(std::string_view content, const std::string& source)
{
    if (content.starts_with("\x89PNG"))
        return decodePng(content, source);
    if (content.starts_with("\xff\xd8"))
        return decodeJpeg(content, source);
    return fail(ErrorCode::Unsupported, "{}: neither a PNG nor a JPEG file; convert it", source);
}

} // namespace millrace::work
