// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "onnx/Model.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cstring>

namespace millrace
{
namespace
{

constexpr std::int64_t kHeight = 160;
constexpr std::int64_t kWidth = 480;

/// A box in pixels; right and bottom are outside.
struct Box {
    std::int64_t left, top, right, bottom;
    [[nodiscard]] bool contains(std::int64_t x, std::int64_t y) const
    {
        return x >= left && x < right && y >= top && y < bottom;
    }
    [[nodiscard]] Box grown(std::int64_t by) const
    {
        return {left - by, top - by, right + by, bottom + by};
    }
};

/// Letters of 5 by 7 dots, a row per string.
using Letter = std::array<const char*, 7>;
constexpr std::array<Letter, 8> kMillrace = {{
    {"#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"},
    {".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."},
    {"#....", "#....", "#....", "#....", "#....", "#....", "#####"},
    {"#....", "#....", "#....", "#....", "#....", "#....", "#####"},
    {"####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"},
    {".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"},
    {".####", "#....", "#....", "#....", "#....", "#....", ".####"},
    {"#####", "#....", "#....", "####.", "#....", "#....", "#####"},
}};

/// Black letters on white, 8-bit grey, row-major. Gives the box of the word.
Box drawWord(std::vector<float>& grey, std::int64_t left, std::int64_t top, std::int64_t dot)
{
    const auto at = [&](std::int64_t x, std::int64_t y) -> float& {
        return grey[static_cast<std::size_t>(y * kWidth + x)];
    };
    for (std::size_t letter = 0; letter < kMillrace.size(); ++letter)
        for (std::int64_t y = 0; y < 7 * dot; ++y)
            for (std::int64_t x = 0; x < 5 * dot; ++x)
                if (kMillrace[letter][static_cast<std::size_t>(y / dot)][x / dot] == '#')
                    at(left + static_cast<std::int64_t>(letter) * 6 * dot + x, top + y) = 0;
    return {left, top, left + 48 * dot - dot, top + 7 * dot};
}

/// What the detector was trained on: three channels, ImageNet's mean and deviation.
inference::Tensor toInput(const std::vector<float>& grey)
{
    constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
    constexpr std::array<float, 3> kDeviation = {0.229F, 0.224F, 0.225F};
    std::vector<float> planes;
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (const float value : grey)
            planes.push_back((value / 255 - kMean[channel]) / kDeviation[channel]);
    inference::Tensor tensor{graph::DType::Float32, {1, 3, kHeight, kWidth}, {}};
    tensor.data.resize(planes.size() * sizeof(float));
    std::memcpy(tensor.data.data(), planes.data(), tensor.data.size());
    return tensor;
}

std::vector<std::vector<LayerId>> thirds(const graph::Graph& graph)
{
    std::vector<std::vector<LayerId>> stages(3);
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer)
        stages[layer * 3 / graph.layers.size()].emplace_back(layer);
    return stages;
}

} // namespace

class TestOcr : public QObject
{
    Q_OBJECT
private slots:
    void threeStagesFindTheText()
    {
        const auto path = cacheFolder() / "models" / "ch_PP-OCRv4_det_infer.onnx";
        if (!std::filesystem::exists(path))
            QSKIP(qPrintable(QStringLiteral("%1 is missing (installers/test.sh fetches it): the "
                                            "trained detector is NOT tested")
                                 .arg(QString::fromStdString(path.string()))));
        NoProgress progress;
        const std::map<std::string, std::int64_t> dims = {{"p2o.DynamicDimension.0", 1},
                                                          {"p2o.DynamicDimension.1", kHeight},
                                                          {"p2o.DynamicDimension.2", kWidth}};
        const auto model = onnx::load(path, {dims}, {}, progress);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->graph().inputs.size(), std::size_t{1});

        std::vector<float> grey(static_cast<std::size_t>(kWidth * kHeight), 255.0F);
        const Box word = drawWord(grey, 96, 60, 6);
        const inference::NamedTensor input{
            model->graph().tensors[model->graph().inputs[0].index()].name, toInput(grey)};
        const auto whole = onnx::runWhole(*model, {input}, {});
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        checkMap(whole->front().tensor, word);

        QTemporaryDir folder;
        const std::filesystem::path stages = folder.path().toStdString();
        const auto manifest = onnx::split(*model, thirds(model->graph()), stages, {}, progress);
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        const auto staged = onnx::runSplit(stages, {input}, {}, progress);
        QVERIFY2(staged, staged ? "" : staged.error().message.c_str());
        const auto agreement = inference::compare(staged->front().tensor, whole->front().tensor);
        QVERIFY2(agreement.agree, agreement.why.c_str());
    }

private:
    /// The output says of each pixel how likely it is text.
    static void checkMap(const inference::Tensor& map, const Box& word)
    {
        QCOMPARE(map.shape, (std::vector<std::int64_t>{1, 1, kHeight, kWidth}));
        std::vector<float> likely(map.data.size() / sizeof(float));
        std::memcpy(likely.data(), map.data.data(), map.data.size());
        int insideHits = 0;
        int insideCount = 0;
        int outsideHits = 0;
        // The detector is trained to find a core that is narrower than the letters.
        const Box core = word.grown(-12);
        const Box around = word.grown(12);
        for (std::int64_t y = 0; y < kHeight; ++y)
            for (std::int64_t x = 0; x < kWidth; ++x) {
                const bool isText = likely[static_cast<std::size_t>(y * kWidth + x)] > 0.5F;
                insideCount += core.contains(x, y) ? 1 : 0;
                insideHits += isText && core.contains(x, y) ? 1 : 0;
                outsideHits += isText && !around.contains(x, y) ? 1 : 0;
            }
        QVERIFY2(insideHits * 10 > insideCount * 9,
                 qPrintable(QStringLiteral("%1 of %2").arg(insideHits).arg(insideCount)));
        QCOMPARE(outsideHits, 0);
    }
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestOcr)
#include "tst_ocr.moc"
