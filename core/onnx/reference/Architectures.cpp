// SPDX-License-Identifier: GPL-3.0-or-later
// Layer structures and parameter counts as documented for Keras Applications; ResNet: He et al.
// 2016, MobileNetV2: Sandler et al. 2018, Inception-ResNet: Szegedy et al. 2017, EfficientNet: Tan
// and Le 2019.
#include "onnx/reference/Architectures.h"

#include <array>
#include <cmath>

namespace millrace::onnx
{
namespace
{

using Value = KerasBuilder::Value;
using Bias = KerasBuilder::Bias;
using Padding = KerasBuilder::Padding;
using Activation = KerasBuilder::Activation;

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
    net.softmaxOutput("predictions", net.globalPool("avg_pool", x), 1000);
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
    net.softmaxOutput("predictions", net.globalPool("global_average_pooling2d", x), 1000);
}

Value unscaled(KerasBuilder& net, const std::string& name, const Value& in)
{
    return net.relu(name + "_ac", net.batchNormUnscaled(name + "_bn", in));
}

/// Convolution without padding, BatchNorm and activation.
Value valid(KerasBuilder& net, const std::string& name, const Value& in, std::int64_t filters,
            std::int64_t kernel, std::int64_t stride)
{
    return unscaled(net, name,
                    net.conv(name, in, filters, kernel, stride, Padding::Valid, Bias::No));
}

struct Conv {
    std::int64_t filters;
    KerasBuilder::Kernel kernel;
};

/// Convolutions that keep the size, each with BatchNorm and activation.
Value branch(KerasBuilder& net, const std::string& name, const Value& in,
             const std::vector<Conv>& convs)
{
    Value x = in;
    for (std::size_t i = 0; i < convs.size(); ++i) {
        const std::string conv = fmt::format("{}_conv{}", name, i + 1);
        x = unscaled(
            net, conv,
            net.conv(conv, x, convs[i].filters, convs[i].kernel, Bias::No, Activation::None));
    }
    return x;
}

Value inceptionResNetBlock(KerasBuilder& net, const std::string& name, const Value& in, float scale,
                           const std::vector<std::vector<Conv>>& branches)
{
    std::vector<Value> ends;
    for (std::size_t b = 0; b < branches.size(); ++b)
        ends.push_back(branch(net, fmt::format("{}_branch{}", name, b), in, branches[b]));
    const Value mixed = net.concat(name + "_mixed", ends);
    const Value up =
        net.conv(name + "_conv", mixed, in.channels, {1, 1}, Bias::Yes, Activation::None);
    return net.scaledAdd(name, in, up, scale);
}

Value inceptionStem(KerasBuilder& net)
{
    Value x = valid(net, "conv2d_1", net.input(), 32, 3, 2);
    x = valid(net, "conv2d_2", x, 32, 3, 1);
    x = branch(net, "conv2d_3", x, {{64, {3, 3}}});
    x = net.maxPool("max_pooling2d_1", x, 3, 2);
    x = valid(net, "conv2d_4", x, 80, 1, 1);
    x = valid(net, "conv2d_5", x, 192, 3, 1);
    x = net.maxPool("max_pooling2d_2", x, 3, 2);
    const Value a = branch(net, "mixed_5b_0", x, {{96, {1, 1}}});
    const Value b = branch(net, "mixed_5b_1", x, {{48, {1, 1}}, {64, {5, 5}}});
    const Value c = branch(net, "mixed_5b_2", x, {{64, {1, 1}}, {96, {3, 3}}, {96, {3, 3}}});
    const Value d =
        branch(net, "mixed_5b_3", net.averagePool("average_pooling2d", x), {{64, {1, 1}}});
    return net.concat("mixed_5b", {a, b, c, d});
}

Value reductionA(KerasBuilder& net, const Value& x)
{
    const Value a = valid(net, "mixed_6a_0", x, 384, 3, 2);
    Value b = branch(net, "mixed_6a_1", x, {{256, {1, 1}}, {256, {3, 3}}});
    b = valid(net, "mixed_6a_2", b, 384, 3, 2);
    return net.concat("mixed_6a", {a, b, net.maxPool("max_pooling2d_3", x, 3, 2)});
}

Value reductionB(KerasBuilder& net, const Value& x)
{
    Value a = branch(net, "mixed_7a_0", x, {{256, {1, 1}}});
    a = valid(net, "mixed_7a_1", a, 384, 3, 2);
    Value b = branch(net, "mixed_7a_2", x, {{256, {1, 1}}});
    b = valid(net, "mixed_7a_3", b, 288, 3, 2);
    Value c = branch(net, "mixed_7a_4", x, {{256, {1, 1}}, {288, {3, 3}}});
    c = valid(net, "mixed_7a_5", c, 320, 3, 2);
    return net.concat("mixed_7a", {a, b, c, net.maxPool("max_pooling2d_4", x, 3, 2)});
}

void buildInceptionResNetV2(KerasBuilder& net)
{
    Value x = inceptionStem(net);
    for (int i = 1; i <= 10; ++i) {
        const std::string name = fmt::format("block35_{}", i);
        x = inceptionResNetBlock(net, name, x, 0.17F,
                                 {{{32, {1, 1}}},
                                  {{32, {1, 1}}, {32, {3, 3}}},
                                  {{32, {1, 1}}, {48, {3, 3}}, {64, {3, 3}}}});
        x = net.relu(name + "_ac", x);
    }
    x = reductionA(net, x);
    for (int i = 1; i <= 20; ++i) {
        const std::string name = fmt::format("block17_{}", i);
        x = inceptionResNetBlock(net, name, x, 0.1F,
                                 {{{192, {1, 1}}}, {{128, {1, 1}}, {160, {1, 7}}, {192, {7, 1}}}});
        x = net.relu(name + "_ac", x);
    }
    x = reductionB(net, x);
    for (int i = 1; i <= 10; ++i) {
        const std::string name = fmt::format("block8_{}", i);
        x = inceptionResNetBlock(net, name, x, i < 10 ? 0.2F : 1.0F,
                                 {{{192, {1, 1}}}, {{192, {1, 1}}, {224, {1, 3}}, {256, {3, 1}}}});
        if (i < 10)
            x = net.relu(name + "_ac", x);
    }
    x = valid(net, "conv_7b", x, 1536, 1, 1);
    net.softmaxOutput("predictions", net.globalPool("avg_pool", x), 1000);
}

struct MobileBlock {
    std::int64_t kernel, filters, expansion, stride;
    bool drops; ///< a Dropout before the sum; only the network's first block has none
};

/// Inverted residual with squeeze and excitation, a quarter of the block's input channels wide.
Value mobileBlock(KerasBuilder& net, const std::string& name, const Value& in,
                  const MobileBlock& block)
{
    Value x = in;
    if (block.expansion > 1) {
        x = net.conv(name + "expand_conv", x, block.expansion * in.channels, {1, 1}, Bias::No,
                     Activation::None);
        x = net.swish(name + "expand_activation", net.batchNorm(name + "expand_bn", x, 1));
    }
    if (block.stride == 2) {
        const std::int64_t after = block.kernel / 2; // Keras' correct_pad
        x = net.pad(name + "dwconv_pad", x, x.size % 2 == 0 ? after - 1 : after, after);
    }
    x = net.depthwise(name + "dwconv", x, block.kernel, block.stride,
                      block.stride == 2 ? Padding::Valid : Padding::Same);
    x = net.swish(name + "activation", net.batchNorm(name + "bn", x, 1));
    Value gate = net.unflatten(name + "se_reshape", net.globalPool(name + "se_squeeze", x));
    gate =
        net.conv(name + "se_reduce", gate, in.channels / 4, {1, 1}, Bias::Yes, Activation::Swish);
    gate = net.conv(name + "se_expand", gate, x.channels, {1, 1}, Bias::Yes, Activation::Sigmoid);
    x = net.multiply(name + "se_excite", x, gate);
    x = net.conv(name + "project_conv", x, block.filters, {1, 1}, Bias::No, Activation::None);
    const bool residual = block.stride == 1 && in.channels == block.filters;
    // Swish and gates shrink the signal; the scales make up for it.
    x = net.batchNorm(name + "project_bn", x, residual ? 0.5F : 1.3F);
    if (!residual)
        return x;
    return net.add(name + "add", block.drops ? net.dropout(name + "drop", x) : x, in);
}

/// Width 1.0 and depth 1.1 of B0.
void buildEfficientNetB1(KerasBuilder& net)
{
    // Keras scales pixels of 0 to 255 here, and by the deviations of ImageNet's channels; the
    // inputs are from 0 to 1 already.
    Value x = net.normalize("normalization", net.rescale("rescaling", net.input(), 1));
    x = net.pad("stem_conv_pad", net.rescale("rescaling_1", x, 1), 0, 1);
    x = net.conv("stem_conv", x, 32, 3, 2, Padding::Valid, Bias::No);
    x = net.swish("stem_activation", net.batchNorm("stem_bn", x, 1));
    struct Stack {
        int repeats;
        std::int64_t kernel, filters, expansion, stride;
    };
    constexpr std::array<Stack, 7> kStacks = {{{1, 3, 16, 1, 1},
                                               {2, 3, 24, 6, 2},
                                               {2, 5, 40, 6, 2},
                                               {3, 3, 80, 6, 2},
                                               {3, 5, 112, 6, 1},
                                               {4, 5, 192, 6, 2},
                                               {1, 3, 320, 6, 1}}};
    for (std::size_t s = 0; s < kStacks.size(); ++s) {
        const Stack& stack = kStacks[s];
        const int repeats = static_cast<int>(std::ceil(1.1 * stack.repeats));
        for (int i = 0; i < repeats; ++i)
            x = mobileBlock(net, fmt::format("block{}{}_", s + 1, static_cast<char>('a' + i)), x,
                            {stack.kernel, stack.filters, stack.expansion,
                             i == 0 ? stack.stride : 1, s > 0 || i > 0});
    }
    x = net.conv("top_conv", x, 1280, {1, 1}, Bias::No, Activation::None);
    x = net.swish("top_activation", net.batchNorm("top_bn", x, 1));
    net.softmaxOutput("predictions", net.dropout("top_dropout", net.globalPool("avg_pool", x)),
                      1000);
}

} // namespace

const std::vector<Recipe>& recipes()
{
    static const std::vector<Recipe> all = {
        {"resnet50", "ResNet50", 224, &buildResNet50},
        {"inceptionresnetv2", "InceptionResNetV2", 299, &buildInceptionResNetV2},
        {"mobilenetv2", "MobileNetV2", 224, &buildMobileNetV2},
        {"efficientnetb1", "EfficientNetB1", 240, &buildEfficientNetB1}};
    return all;
}

} // namespace millrace::onnx
