// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PaperExperiment.h"

#include <algorithm>
#include <array>

namespace millrace::experiment
{
namespace
{

struct Row {
    std::string_view model;
    int capMib, nodes;
    PublishedMeans means;
};

/// arXiv 2304.11941: mean bottleneck in seconds, 50 trials a cell, 20 classes.
constexpr std::array kRows = std::to_array<Row>({
    {"MobileNetV2", 64, 5, {0.0577, 0.0586, 2.437}},
    {"MobileNetV2", 64, 10, {0.0478, 0.0461, 1.544}},
    {"MobileNetV2", 64, 15, {0.0423, 0.0410, 2.176}},
    {"MobileNetV2", 64, 20, {0.0392, 0.0390, 2.343}},
    {"MobileNetV2", 64, 50, {0.0326, 0.0331, 2.200}},
    {"EfficientNetB1", 64, 5, {0.4299, 0.4042, 4.130}},
    {"EfficientNetB1", 64, 10, {0.3240, 0.3247, 3.955}},
    {"EfficientNetB1", 64, 15, {0.2868, 0.2887, 3.847}},
    {"EfficientNetB1", 64, 20, {0.2677, 0.2704, 4.944}},
    {"EfficientNetB1", 64, 50, {0.2248, 0.2275, 4.703}},
    {"EfficientNetB1", 128, 5, {0.0852, 0.0836, 2.843}},
    {"EfficientNetB1", 128, 10, {0.0668, 0.0692, 2.452}},
    {"EfficientNetB1", 128, 15, {0.0584, 0.0593, 2.180}},
    {"EfficientNetB1", 128, 20, {0.0574, 0.0542, 2.088}},
    {"EfficientNetB1", 128, 50, {0.0477, 0.0476, 2.611}},
    {"ResNet50", 64, 5, {2.404, 2.449, 6.903}},
    {"ResNet50", 64, 10, {1.888, 1.909, 7.260}},
    {"ResNet50", 64, 15, {1.652, 1.649, 7.008}},
    {"ResNet50", 64, 20, {1.535, 1.550, 7.854}},
    {"ResNet50", 64, 50, {1.307, 1.313, 7.968}},
    {"ResNet50", 128, 5, {0.9703, 0.9436, 4.515}},
    {"ResNet50", 128, 10, {0.7636, 0.7377, 4.401}},
    {"ResNet50", 128, 15, {0.6644, 0.6658, 4.541}},
    {"ResNet50", 128, 20, {0.6303, 0.6249, 5.369}},
    {"ResNet50", 128, 50, {0.5319, 0.5363, 4.246}},
    {"InceptionResNetV2", 64, 10, {2.288, 2.088, 10.12}},
    {"InceptionResNetV2", 64, 15, {1.924, 1.824, 9.765}},
    {"InceptionResNetV2", 64, 20, {1.832, 1.684, 10.39}},
    {"InceptionResNetV2", 64, 50, {1.519, 1.383, 10.86}},
    {"InceptionResNetV2", 128, 5, {2.556, 2.494, 9.316}},
    {"InceptionResNetV2", 128, 10, {1.956, 1.825, 8.144}},
    {"InceptionResNetV2", 128, 15, {1.693, 1.590, 7.958}},
    {"InceptionResNetV2", 128, 20, {1.589, 1.516, 8.536}},
    {"InceptionResNetV2", 128, 50, {1.335, 1.244, 7.832}},
    {"InceptionResNetV2", 256, 5, {1.453, 1.497, 5.422}},
    {"InceptionResNetV2", 256, 10, {1.177, 1.181, 6.500}},
    {"InceptionResNetV2", 256, 15, {1.058, 1.043, 5.890}},
    {"InceptionResNetV2", 256, 20, {0.9825, 1.002, 5.728}},
    {"InceptionResNetV2", 256, 50, {0.8198, 0.8255, 5.408}},
});

} // namespace

std::optional<PublishedMeans> publishedMeans(std::string_view model, int capMib, int nodes)
{
    const auto* found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
        return row.model == model && row.capMib == capMib && row.nodes == nodes;
    });
    return found == kRows.end() ? std::nullopt : std::optional(found->means);
}

} // namespace millrace::experiment
