// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Frame.h"
#include "runtime/Histogram.h"
#include "runtime/Identity.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

FrameLimits limits()
{
    return {1000, 4096, {FrameKind::Tensors, FrameKind::Failure}};
}

std::string refusal(std::array<std::byte, kHeaderBytes> bytes, std::uint32_t expected = 7)
{
    const auto header = decodeHeader(bytes, limits(), expected);
    return header ? "" : header.error().message;
}

std::array<std::byte, kHeaderBytes> good()
{
    return encodeHeader({FrameKind::Tensors, 7, 10, 4096});
}

TensorsHeader twoTensors()
{
    return {
        5, {6, 2}, {{"a", graph::DType::Float32, {2, 3}, 24}, {"b", graph::DType::Int64, {}, 8}}};
}

} // namespace

class TestFrame : public QObject
{
    Q_OBJECT
private slots:
    void headerSurvives()
    {
        const auto header = decodeHeader(good(), limits(), 7);
        QVERIFY(header);
        QCOMPARE(header->sequence, 7U);
        QCOMPARE(header->metaBytes, 10U);
        QCOMPARE(header->payloadBytes, std::uint64_t{4096});
        QVERIFY(header->kind == FrameKind::Tensors);
    }

    void refusals()
    {
        auto bytes = good();
        bytes[0] = std::byte{'X'};
        QVERIFY(refusal(bytes).starts_with("not a frame"));
        bytes = good();
        bytes[4] = std::byte{1};
        QVERIFY(refusal(bytes).starts_with("wrong version"));
        bytes = good();
        bytes[5] = std::byte{77};
        QVERIFY(refusal(bytes).starts_with("wrong kind"));
        QVERIFY(refusal(encodeHeader({FrameKind::Hello, 7, 10, 0})).starts_with("wrong kind"));
        QVERIFY2(refusal(good(), 8).starts_with("out of order"), "a replayed frame");
        QVERIFY2(refusal(good(), 6).starts_with("out of order"), "a frame is missing");
        QVERIFY(refusal(encodeHeader({FrameKind::Tensors, 7, 1001, 0})).starts_with("too large"));
        QVERIFY(refusal(encodeHeader({FrameKind::Tensors, 7, 1, 4097})).starts_with("too large"));
        QVERIFY(refusal(encodeHeader({FrameKind::Failure, 7, 1, 1})).starts_with("too large"));
        QVERIFY(refusal(encodeHeader({FrameKind::Tensors, 7, 1, ~std::uint64_t{0}}))
                    .starts_with("too large"));
    }

    void tensorsSurvive()
    {
        const auto again = decodeTensors(encodeTensors(twoTensors()), 32);
        QVERIFY(again);
        QVERIFY(*again == twoTensors());
        const FailureHeader failure{9, {6, 1}, "stage 2: out of memory"};
        QVERIFY(decodeFailure(encodeFailure(failure)) == failure);
        QCOMPARE(decodeBeat(encodeBeat(41)).value(), std::uint64_t{41});
        QCOMPARE(decodeBeat({}).value(), std::uint64_t{0});
        QCOMPARE(decodeBye(encodeBye("the\nend")).value(), std::string("the end"));
        QVERIFY(!decodeBeat("\xff\xff"));
        QVERIFY(!decodeBye("\xff\xff"));
    }

    void malformedTensors()
    {
        const auto isRefused = [](const TensorsHeader& header, std::uint64_t payload) {
            const auto decoded = decodeTensors(encodeTensors(header), payload);
            return !decoded && decoded.error().message.starts_with("malformed");
        };
        QVERIFY(isRefused(twoTensors(), 31));
        QVERIFY(isRefused(twoTensors(), 33));
        TensorsHeader header = twoTensors();
        header.tensors[1].name = "a";
        QVERIFY2(isRefused(header, 32), "one name twice");
        header = twoTensors();
        header.tensors[0].shape = {-2, -3};
        QVERIFY2(isRefused(header, 32), "a negative dimension");
        header.tensors[0].shape = {std::int64_t{1} << 62, 4};
        QVERIFY2(isRefused(header, 32), "a size that overflows");
        header = twoTensors();
        header.tensors[0].dtype = graph::DType::String;
        QVERIFY2(isRefused(header, 32), "no dense elements");
        QVERIFY(!decodeTensors("\xff\xff\xff", 0));
    }

    void percentiles()
    {
        Histogram histogram;
        QCOMPARE(histogram.summary().count, std::uint64_t{0});
        for (int i = 1; i <= 1000; ++i)
            histogram.record({i * 1e-3});
        const Summary summary = histogram.summary();
        QCOMPARE(summary.count, std::uint64_t{1000});
        QVERIFY(std::abs(summary.p50 - 0.5) <= 0.5 * 0.016);
        QVERIFY(std::abs(summary.p95 - 0.95) <= 0.95 * 0.016);
        QVERIFY(std::abs(summary.p99 - 0.99) <= 0.99 * 0.016);
        QCOMPARE(summary.max, 1.0);
        QVERIFY(std::abs(summary.mean() - 0.5005) < 1e-9);
        histogram.record({1e12});
        QCOMPARE(histogram.summary().max, 1e12);
    }

    void identities()
    {
        const auto one = makeIdentity("stage-1"), other = makeIdentity("stage-1");
        QVERIFY(one && other);
        QVERIFY(one->fingerprint != other->fingerprint);
        QCOMPARE(one->fingerprint.size(), std::size_t{64});
        QCOMPARE(certificateFingerprint(one->certificatePem).value(), one->fingerprint);
        QVERIFY(!certificateFingerprint("no certificate"));
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestFrame)
#include "tst_frame.moc"
