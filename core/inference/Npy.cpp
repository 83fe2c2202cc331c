// SPDX-License-Identifier: GPL-3.0-or-later
// Format: NumPy Enhancement Proposal 1 and numpy.lib.format.
#include "base/File.h"
#include "inference/Tensor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace millrace::inference
{
namespace
{

using graph::DType;

struct Descriptor {
    std::string_view code; ///< kind and bytes, without the byte order
    DType type;
};
constexpr std::array<Descriptor, 14> kDescriptors = {{
    {"f4", DType::Float32},
    {"f8", DType::Float64},
    {"f2", DType::Float16},
    {"i1", DType::Int8},
    {"i2", DType::Int16},
    {"i4", DType::Int32},
    {"i8", DType::Int64},
    {"u1", DType::UInt8},
    {"u2", DType::UInt16},
    {"u4", DType::UInt32},
    {"u8", DType::UInt64},
    {"b1", DType::Bool},
    {"c8", DType::Complex64},
    {"c16", DType::Complex128},
}};

constexpr std::string_view kMagic = "\x93NUMPY";

struct Header {
    DType type = DType::Undefined;
    bool bigEndian = false;
    bool fortran = false;
    std::vector<std::int64_t> shape;
};

/// The text behind `'key':` in the header's Python dictionary.
std::optional<std::string_view> field(std::string_view dictionary, std::string_view key)
{
    const auto at = dictionary.find(fmt::format("'{}'", key));
    if (at == std::string_view::npos)
        return std::nullopt;
    const auto colon = dictionary.find(':', at);
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto start = dictionary.find_first_not_of(' ', colon + 1);
    return start == std::string_view::npos ? std::nullopt : std::optional(dictionary.substr(start));
}

bool parseType(std::string_view text, Header& header)
{
    if (text.size() < 4 || text[0] != '\'')
        return false;
    header.bigEndian = text[1] == '>';
    const std::string_view code = text.substr(2, text.find('\'', 1) - 2);
    const auto found = std::find_if(kDescriptors.begin(), kDescriptors.end(),
                                    [code](const Descriptor& d) { return d.code == code; });
    if (std::string_view("<>|=").find(text[1]) == std::string_view::npos ||
        found == kDescriptors.end())
        return false;
    header.type = found->type;
    return true;
}

bool parseShape(std::string_view text, Header& header)
{
    if (text.empty() || text[0] != '(')
        return false;
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.size();
    while (at != end && *at != ')') {
        if (*at == ' ' || *at == ',') {
            ++at;
            continue;
        }
        std::int64_t dim = 0;
        const auto [next, error] = std::from_chars(at, end, dim);
        if (error != std::errc{} || dim < 0 || header.shape.size() == 64)
            return false;
        header.shape.push_back(dim);
        at = next;
    }
    return at != end;
}

/// Reverses the bytes of each scalar.
void swapBytes(std::vector<std::byte>& data, std::size_t scalar)
{
    for (std::size_t at = 0; at + scalar <= data.size(); at += scalar)
        std::reverse(data.begin() + static_cast<std::ptrdiff_t>(at),
                     data.begin() + static_cast<std::ptrdiff_t>(at + scalar));
}

/// Column-major to row-major.
std::vector<std::byte> rowMajor(const std::vector<std::byte>& data,
                                const std::vector<std::int64_t>& shape, std::size_t element)
{
    std::vector<std::size_t> stride(shape.size(), element);
    for (std::size_t d = 1; d < shape.size(); ++d)
        stride[d] = stride[d - 1] * static_cast<std::size_t>(shape[d - 1]);
    std::vector<std::byte> result(data.size());
    std::vector<std::int64_t> index(shape.size(), 0);
    for (std::size_t at = 0; at < data.size(); at += element) {
        std::size_t from = 0;
        for (std::size_t d = 0; d < shape.size(); ++d)
            from += stride[d] * static_cast<std::size_t>(index[d]);
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(from), element,
                    result.begin() + static_cast<std::ptrdiff_t>(at));
        for (std::size_t d = shape.size(); d-- > 0;) {
            if (++index[d] < shape[d])
                break;
            index[d] = 0;
        }
    }
    return result;
}

std::uint64_t littleEndian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
    return value;
}

} // namespace

Result<Tensor> parseNpy(std::string_view content, const std::string& source)
{
    const auto refuse = [&source](std::string_view why) {
        return fail(ErrorCode::ParseError, "{}: {}; save the array with numpy.save()", source, why);
    };
    if (!content.starts_with(kMagic) || content.size() < 10)
        return refuse("not a .npy file");
    const int version = content[6];
    if (version < 1 || version > 3)
        return refuse(fmt::format(".npy version {} is unknown", version));
    const std::size_t lengthBytes = version == 1 ? 2 : 4;
    const std::size_t start = 8 + lengthBytes;
    if (content.size() < start)
        return refuse("the header is cut off");
    const std::uint64_t length = littleEndian(content.substr(8, lengthBytes));
    if (length > content.size() - start)
        return refuse("the header is cut off");
    const std::string_view dictionary = content.substr(start, length);

    Header header;
    const auto type = field(dictionary, "descr");
    const auto order = field(dictionary, "fortran_order");
    const auto shape = field(dictionary, "shape");
    if (!type || !order || !shape)
        return refuse("the header lacks descr, fortran_order or shape");
    if (!parseType(*type, header))
        return refuse("the element type is no plain number (structured types and pickled objects "
                      "are not read)");
    if (!parseShape(*shape, header))
        return refuse("the shape cannot be read");
    header.fortran = order->starts_with("True");

    const auto bytes = graph::denseBytes(header.type, header.shape);
    const std::string_view body = content.substr(start + length);
    if (!bytes || static_cast<std::uint64_t>(bytes->value) != body.size())
        return refuse(fmt::format("{} bytes of data do not fit the shape ({})", body.size(),
                                  fmt::join(header.shape, ", ")));
    Tensor tensor{header.type, header.shape, {}};
    const auto* first = reinterpret_cast<const std::byte*>(body.data());
    tensor.data.assign(first, first + body.size());
    const auto element = static_cast<std::size_t>(graph::bitsPerElement(header.type)) / 8;
    if (header.bigEndian && element > 1) {
        const bool complex = header.type == DType::Complex64 || header.type == DType::Complex128;
        swapBytes(tensor.data, complex ? element / 2 : element);
    }
    if (header.fortran && header.shape.size() > 1)
        tensor.data = rowMajor(tensor.data, header.shape, element);
    return tensor;
}

Result<Tensor> readNpy(const std::filesystem::path& path)
{
    const auto content = readFile(path);
    if (!content)
        return tl::unexpected(content.error());
    return parseNpy(*content, path.string());
}

Result<void> writeNpy(const std::filesystem::path& path, const Tensor& tensor)
{
    const auto found =
        std::find_if(kDescriptors.begin(), kDescriptors.end(),
                     [&tensor](const Descriptor& d) { return d.type == tensor.dtype; });
    if (found == kDescriptors.end())
        return fail(ErrorCode::Unsupported, "{}: element type {} does not exist in .npy files",
                    path.string(), graph::name(tensor.dtype));
    std::string shape = fmt::format("{}", fmt::join(tensor.shape, ", "));
    if (tensor.shape.size() == 1)
        shape += ",";
    const char byteOrder = graph::bitsPerElement(tensor.dtype) == 8 ? '|' : '<';
    std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                     byteOrder, found->code, shape);
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::string content(kMagic);
    content += {'\x01', '\x00', static_cast<char>(header.size() & 0xffU),
                static_cast<char>(header.size() >> 8U)};
    content += header;
    content.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
    return writeFileAtomically(path, content);
}

} // namespace millrace::inference
