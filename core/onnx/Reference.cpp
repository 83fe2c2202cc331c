// SPDX-License-Identifier: GPL-3.0-or-later
// Layer structures and parameter counts as documented for Keras Applications; ResNet: He et al.
// 2016, MobileNetV2: Sandler et al. 2018.
#include "base/File.h"
#include "onnx/Keras.h"
#include "onnx/Model.h"

#include <algorithm>
#include <array>

namespace millrace::onnx
{
namespace
{

using Value = KerasBuilder::Value;
using Bias = KerasBuilder::Bias;
using Padding = KerasBuilder::Padding;

Value bottleneckBlock(KerasBuilder& net, const std::string& name, const Value& in,
                      std::int64_t filters, std::int64_t stride, bool projects)
{
    Value shortcut = in;
    if (projects) {
        shortcut =
            net.conv(name + "_0_conv", in, 4 * filters, 1, stride, Padding::Valid, Bias::Yes);
        shortcut = net.batchNorm(name + "_0_bn", shortcut, 0.7F);
    }
    Value x = net.conv(name + "_1_conv", in, filters, 1, stride, Padding::Valid, Bias::Yes);
    x = net.relu(name + "_1_relu", net.batchNorm(name + "_1_bn", x, 1));
    x = net.conv(name + "_2_conv", x, filters, 3, 1, Padding::Same, Bias::Yes);
    x = net.relu(name + "_2_relu", net.batchNorm(name + "_2_bn", x, 1));
    x = net.conv(name + "_3_conv", x, 4 * filters, 1, 1, Padding::Valid, Bias::Yes);
    x = net.batchNorm(name + "_3_bn", x, 0.35F);
    return net.relu(name + "_out", net.add(name + "_add", shortcut, x));
}

void buildResNet50(KerasBuilder& net)
{
    Value x = net.pad("conv1_pad", net.input(), 3, 3);
    x = net.conv("conv1_conv", x, 64, 7, 2, Padding::Valid, Bias::Yes);
    x = net.relu("conv1_relu", net.batchNorm("conv1_bn", x, 1));
    x = net.maxPool("pool1_pool", net.pad("pool1_pad", x, 1, 1), 3, 2);
    constexpr std::array<std::pair<std::int64_t, int>, 4> kStacks = {
        {{64, 3}, {128, 4}, {256, 6}, {512, 3}}};
    for (std::size_t stack = 0; stack < kStacks.size(); ++stack)
        for (int block = 0; block < kStacks[stack].second; ++block)
            x = bottleneckBlock(net, fmt::format("conv{}_block{}", stack + 2, block + 1), x,
                                kStacks[stack].first, block == 0 && stack > 0 ? 2 : 1, block == 0);
    net.softmaxOutput("predictions_softmax",
                      net.dense("predictions", net.globalPool("avg_pool", x), 1000));
}

Value invertedResidual(KerasBuilder& net, const std::string& name, const Value& in,
                       std::int64_t expansion, std::int64_t filters, std::int64_t stride)
{
    Value x = in;
    if (expansion > 1) {
        x = net.conv(name + "_expand", x, expansion * in.channels, 1, 1, Padding::Same, Bias::No);
        x = net.relu6(name + "_expand_relu", net.batchNorm(name + "_expand_BN", x, 1));
    }
    if (stride == 2) {
        const std::int64_t before = x.size % 2 == 0 ? 0 : 1; // Keras' correct_pad
        x = net.pad(name + "_pad", x, before, 1);
    }
    x = net.depthwise(name + "_depthwise", x, 3, stride,
                      stride == 1 ? Padding::Same : Padding::Valid);
    x = net.relu6(name + "_depthwise_relu", net.batchNorm(name + "_depthwise_BN", x, 1));
    x = net.conv(name + "_project", x, filters, 1, 1, Padding::Same, Bias::No);
    const bool residual = in.channels == filters && stride == 1;
    x = net.batchNorm(name + "_project_BN", x, residual ? 0.5F : 1);
    return residual ? net.add(name + "_add", in, x) : x;
}

void buildMobileNetV2(KerasBuilder& net)
{
    Value x = net.conv("Conv1", net.input(), 32, 3, 2, Padding::Same, Bias::No);
    x = net.relu6("Conv1_relu", net.batchNorm("bn_Conv1", x, 1));
    x = invertedResidual(net, "expanded_conv", x, 1, 16, 1);
    struct Row {
        std::int64_t filters;
        int count;
        std::int64_t stride;
    };
    constexpr std::array<Row, 6> kRows = {
        {{24, 2, 2}, {32, 3, 2}, {64, 4, 2}, {96, 3, 1}, {160, 3, 2}, {320, 1, 1}}};
    int block = 1;
    for (const Row& row : kRows)
        for (int i = 0; i < row.count; ++i)
            x = invertedResidual(net, fmt::format("block_{}", block++), x, 6, row.filters,
                                 i == 0 ? row.stride : 1);
    x = net.conv("Conv_1", x, 1280, 1, 1, Padding::Valid, Bias::No);
    x = net.relu6("out_relu", net.batchNorm("Conv_1_bn", x, 1));
    net.softmaxOutput(
        "predictions_softmax",
        net.dense("predictions", net.globalPool("global_average_pooling2d", x), 1000));
}

struct Architecture {
    std::string_view name;
    void (*build)(KerasBuilder&);
};
constexpr std::array<Architecture, 2> kArchitectures = {
    {{"resnet50", &buildResNet50}, {"mobilenetv2", &buildMobileNetV2}}};

} // namespace

std::vector<std::string> referenceNames()
{
    std::vector<std::string> names;
    for (const Architecture& architecture : kArchitectures)
        names.emplace_back(architecture.name);
    return names;
}

Result<void> writeReference(const std::string& name, const std::filesystem::path& path,
                            std::uint64_t seed)
{
    const auto found = std::find_if(kArchitectures.begin(), kArchitectures.end(),
                                    [&name](const Architecture& a) { return a.name == name; });
    if (found == kArchitectures.end())
        return fail(ErrorCode::NotFound, "there is no reference architecture \"{}\"; known are {}",
                    name, fmt::join(referenceNames(), ", "));
    KerasBuilder net(name, 3, 224, seed);
    found->build(net);
    return writeFileAtomically(path, net.model().SerializeAsString());
}

} // namespace millrace::onnx
