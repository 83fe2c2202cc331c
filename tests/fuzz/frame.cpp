// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Frame.h"

#include "FuzzTarget.h"

#include <cstring>

using namespace millrace;
using namespace millrace::runtime;

/// A header that is taken keeps its limits, and what is decoded can be encoded again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < kHeaderBytes)
        return 0;
    std::array<std::byte, kHeaderBytes> bytes{};
    std::memcpy(bytes.data(), data, kHeaderBytes);
    const FrameLimits limits{
        4096, 1U << 20, {FrameKind::Tensors, FrameKind::Failure, FrameKind::Beat, FrameKind::Bye}};
    const auto header = decodeHeader(bytes, limits, 0);
    if (!header) {
        test::requireOneLine(header.error().message);
        return 0;
    }
    test::require(header->metaBytes <= 4096 && header->payloadBytes <= (1U << 20), "limits hold");
    test::require(encodeHeader(*header) == bytes, "a header survives");
    const auto meta = test::textOf(data + kHeaderBytes, size - kHeaderBytes);
    if (header->kind == FrameKind::Failure) {
        if (const auto failure = decodeFailure(meta))
            test::require(decodeFailure(encodeFailure(*failure)) == *failure, "failures survive");
        return 0;
    }
    if (header->kind == FrameKind::Beat) {
        if (const auto next = decodeBeat(meta))
            test::require(decodeBeat(encodeBeat(*next)) == *next, "beats survive");
        return 0;
    }
    if (header->kind == FrameKind::Bye) {
        if (const auto reason = decodeBye(meta))
            test::requireOneLine(*reason);
        return 0;
    }
    const auto tensors = decodeTensors(meta, header->payloadBytes);
    if (!tensors)
        test::requireOneLine(tensors.error().message);
    else
        test::require(decodeTensors(encodeTensors(*tensors), header->payloadBytes) == *tensors,
                      "tensors survive");
    return 0;
}
