// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/WeightData.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

namespace millrace::onnx
{
namespace
{

using graph::DType;

/// Entries of the typed field that ONNX prescribes for the dtype.
struct TypedData {
    std::int64_t entries = 0;
    std::int64_t needed = 0;
};

TypedData typedData(const pb::TensorProto& tensor, std::int64_t elements)
{
    switch (dtypeOf(tensor.data_type())) {
    case DType::Float32:
        return {tensor.float_data_size(), elements};
    case DType::Complex64:
        return {tensor.float_data_size(), 2 * elements};
    case DType::Float64:
        return {tensor.double_data_size(), elements};
    case DType::Complex128:
        return {tensor.double_data_size(), 2 * elements};
    case DType::Int64:
        return {tensor.int64_data_size(), elements};
    case DType::UInt32:
    case DType::UInt64:
        return {tensor.uint64_data_size(), elements};
    case DType::String:
        return {tensor.string_data_size(), elements};
    case DType::Int4:
    case DType::UInt4:
    case DType::Float4E2M1:
        return {tensor.int32_data_size(), elements / 2 + elements % 2};
    default:
        return {tensor.int32_data_size(), elements};
    }
}

template <class T, class Field>
std::string pack(const Field& field)
{
    std::string bytes(static_cast<std::size_t>(field.size()) * sizeof(T), '\0');
    char* at = bytes.data();
    for (const auto entry : field) {
        const T value = static_cast<T>(entry);
        std::memcpy(at, &value, sizeof(T));
        at += sizeof(T);
    }
    return bytes;
}

std::string packTyped(const pb::TensorProto& tensor)
{
    const DType dtype = dtypeOf(tensor.data_type());
    switch (dtype) {
    case DType::Float32:
    case DType::Complex64:
        return pack<float>(tensor.float_data());
    case DType::Float64:
    case DType::Complex128:
        return pack<double>(tensor.double_data());
    case DType::Int64:
        return pack<std::int64_t>(tensor.int64_data());
    case DType::UInt64:
        return pack<std::uint64_t>(tensor.uint64_data());
    case DType::UInt32:
        return pack<std::uint32_t>(tensor.uint64_data());
    case DType::Int32:
        return pack<std::int32_t>(tensor.int32_data());
    default:
        return graph::bitsPerElement(dtype) == 16 ? pack<std::uint16_t>(tensor.int32_data())
                                                  : pack<std::uint8_t>(tensor.int32_data());
    }
}

Result<std::uint64_t> externalNumber(const pb::TensorProto& tensor, const std::string& key,
                                     const std::string& text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return fail(ErrorCode::ParseError,
                    "weight \"{}\": external data's {} \"{}\" is not a whole number; export the "
                    "model again",
                    tensor.name(), key, text);
    return value;
}

Result<std::filesystem::path> insideFolder(const pb::TensorProto& tensor,
                                           const std::string& location,
                                           const std::filesystem::path& folder)
{
    namespace fs = std::filesystem;
    const fs::path relative(location);
    const bool climbs = std::any_of(relative.begin(), relative.end(),
                                    [](const fs::path& part) { return part == ".."; });
    const auto refuse = [&] {
        return fail(ErrorCode::InvalidArgument,
                    "weight \"{}\": its external file \"{}\" is outside the model's folder, which "
                    "is refused; put it beside the model and export again",
                    tensor.name(), location);
    };
    if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() ||
        climbs)
        return refuse();
    const fs::path whole = folder / relative;
    std::error_code error;
    if (!fs::is_regular_file(whole, error))
        return fail(ErrorCode::NotFound,
                    "weight \"{}\" is in the file \"{}\", which is missing; put it into {}",
                    tensor.name(), location, folder.string());
    const fs::path real = fs::canonical(whole, error);
    const fs::path realFolder = fs::canonical(folder, error);
    const auto [end, unused] =
        std::mismatch(realFolder.begin(), realFolder.end(), real.begin(), real.end());
    if (error || end != realFolder.end())
        return refuse();
    return whole;
}

} // namespace

bool isExternal(const pb::TensorProto& tensor)
{
    return tensor.data_location() == pb::TensorProto::EXTERNAL;
}

Result<Bytes> tensorBytes(const pb::TensorProto& tensor)
{
    if (dtypeOf(tensor.data_type()) == DType::String) {
        Bytes sum;
        for (const std::string& text : tensor.string_data())
            sum.value += static_cast<std::int64_t>(text.size());
        return sum;
    }
    return graph::denseBytes(dtypeOf(tensor.data_type()),
                             {tensor.dims().begin(), tensor.dims().end()});
}

Result<ExternalRange> externalRange(const pb::TensorProto& tensor,
                                    const std::filesystem::path& folder)
{
    const auto size = tensorBytes(tensor);
    if (!size)
        return tl::unexpected(size.error());
    ExternalRange range;
    range.length = static_cast<std::uint64_t>(size->value);
    std::string location;
    for (const pb::StringStringEntryProto& entry : tensor.external_data()) {
        if (entry.key() == "location")
            location = entry.value();
        if (entry.key() != "offset" && entry.key() != "length")
            continue;
        const auto number = externalNumber(tensor, entry.key(), entry.value());
        if (!number)
            return tl::unexpected(number.error());
        if (entry.key() == "offset")
            range.offset = *number;
        else if (*number != range.length)
            return fail(ErrorCode::ParseError,
                        "weight \"{}\": its shape needs {} bytes, its external data has {}; export "
                        "the model again",
                        tensor.name(), range.length, *number);
    }
    auto file = insideFolder(tensor, location, folder);
    if (!file)
        return tl::unexpected(file.error());
    range.file = std::move(*file);
    std::error_code error;
    const std::uint64_t available = std::filesystem::file_size(range.file, error);
    if (error || range.offset > available || range.length > available - range.offset)
        return fail(ErrorCode::ParseError,
                    "weight \"{}\": the file \"{}\" is too short; copy or download it again",
                    tensor.name(), location);
    return range;
}

Result<void> checkTensor(const pb::TensorProto& tensor, const std::filesystem::path& folder)
{
    const DType dtype = dtypeOf(tensor.data_type());
    if (dtype == DType::Undefined)
        return fail(ErrorCode::Unsupported, "weight \"{}\": element type {} is not known",
                    tensor.name(), tensor.data_type());
    const std::vector<std::int64_t> shape(tensor.dims().begin(), tensor.dims().end());
    const auto elements = graph::denseBytes(DType::UInt8, shape);
    const auto needed = tensorBytes(tensor);
    if (!elements || !needed)
        return fail(ErrorCode::ParseError, "weight \"{}\": the shape [{}] makes no size",
                    tensor.name(), fmt::join(shape, ", "));
    if (isExternal(tensor)) {
        if (dtype == DType::String)
            return fail(ErrorCode::ParseError, "weight \"{}\": strings cannot be external data",
                        tensor.name());
        return externalRange(tensor, folder).map([](const ExternalRange&) {});
    }
    if (tensor.has_raw_data() && dtype != DType::String) {
        if (static_cast<std::int64_t>(tensor.raw_data().size()) != needed->value)
            return fail(ErrorCode::ParseError,
                        "weight \"{}\": the shape [{}] needs {} bytes, the file has {}; export the "
                        "model again",
                        tensor.name(), fmt::join(shape, ", "), needed->value,
                        tensor.raw_data().size());
        return {};
    }
    const TypedData typed = typedData(tensor, elements->value);
    if (typed.entries != typed.needed)
        return fail(ErrorCode::ParseError,
                    "weight \"{}\": the shape [{}] needs {} entries, the file has {}; export the "
                    "model again",
                    tensor.name(), fmt::join(shape, ", "), typed.needed, typed.entries);
    return {};
}

Result<std::string_view> rawBytes(const pb::TensorProto& tensor,
                                  const std::filesystem::path& folder, std::string& scratch)
{
    if (isExternal(tensor)) {
        const auto range = externalRange(tensor, folder);
        if (!range)
            return tl::unexpected(range.error());
        scratch.resize(range->length);
        std::ifstream file(range->file, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(range->offset));
        if (!file.read(scratch.data(), static_cast<std::streamsize>(scratch.size())))
            return fail(ErrorCode::Io, "weight \"{}\": {} cannot be read", tensor.name(),
                        range->file.string());
        return std::string_view(scratch);
    }
    if (tensor.has_raw_data())
        return std::string_view(tensor.raw_data());
    scratch = packTyped(tensor);
    return std::string_view(scratch);
}

} // namespace millrace::onnx
