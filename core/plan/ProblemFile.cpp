// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "plan/Problem.h"

#include <limits>

namespace millrace::plan
{
namespace
{

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMaxIndex = std::numeric_limits<std::int32_t>::max();

/// Reads field after field; the first error sticks and later reads are skipped.
class Reader : JsonFields
{
public:
    Result<Problem> problem(const JsonReader& root)
    {
        check(root.allowOnly({"format", "overlap", "layers", "tensors", "shared_weights", "devices",
                              "bandwidth_bps", "occupancy_s", "delay_s", "source", "sink",
                              "memory_model", "stages", "pins"}));
        format(root, "millrace-problem/1");
        Problem problem;
        if (const auto overlap = root.optional("overlap"))
            problem.overlap = take(overlap->boolean()).value_or(true) ? Overlap::Yes : Overlap::No;
        each(root, "layers", [&](const JsonReader& at) { problem.layers.push_back(layer(at)); });
        each(root, "tensors", [&](const JsonReader& at) { problem.tensors.push_back(tensor(at)); });
        if (root.optional("shared_weights"))
            each(root, "shared_weights",
                 [&](const JsonReader& at) { problem.sharedWeights.push_back(shared(at)); });
        each(root, "devices", [&](const JsonReader& at) { problem.devices.push_back(device(at)); });
        const std::size_t count = problem.devices.size();
        problem.bandwidth = matrix<BitsPerSecond>(root, "bandwidth_bps", count, true);
        problem.occupancy = matrix<Seconds>(root, "occupancy_s", count, false);
        problem.delay = matrix<Seconds>(root, "delay_s", count, false);
        problem.source = end(root, "source");
        problem.sink = end(root, "sink");
        requests(root, problem);
        if (m_error)
            return tl::unexpected(*m_error);
        return problem;
    }

private:
    std::vector<LayerId> layers(const JsonReader& at, std::string_view key)
    {
        std::vector<LayerId> ids;
        each(at, key, [&](const JsonReader& item) {
            ids.emplace_back(
                static_cast<std::size_t>(take(item.integer(0, kMaxIndex)).value_or(0)));
        });
        return ids;
    }

    Layer layer(const JsonReader& at)
    {
        check(at.allowOnly({"name", "weight_bytes", "activation_bytes", "seconds"}));
        Layer layer;
        layer.name = text(at, "name");
        layer.weightBytes.value = integer(at, "weight_bytes", kAny);
        layer.activationBytes.value = integer(at, "activation_bytes", kAny);
        const auto seconds = take(at.required("seconds"));
        if (!seconds || !seconds->value().is_object()) {
            if (seconds)
                check(Result<void>(seconds->error("an object of class: seconds is needed")));
            return layer;
        }
        for (const auto& [className, value] : seconds->value().items())
            layer.seconds[className].value =
                take(JsonReader(value, seconds->path() + "." + className).number(0)).value_or(0);
        return layer;
    }

    graph::DataflowTensor tensor(const JsonReader& at)
    {
        check(at.allowOnly({"bytes", "producer", "consumers", "output"}));
        graph::DataflowTensor tensor;
        tensor.bytes.value = integer(at, "bytes", kAny);
        const auto producer = take(at.required("producer"));
        if (producer && !producer->isNull())
            tensor.producer.emplace(
                static_cast<std::size_t>(take(producer->integer(0, kMaxIndex)).value_or(0)));
        tensor.consumers = layers(at, "consumers");
        if (const auto output = at.optional("output"))
            tensor.isOutput = take(output->boolean()).value_or(false);
        return tensor;
    }

    SharedWeight shared(const JsonReader& at)
    {
        check(at.allowOnly({"bytes", "layers"}));
        return {Bytes{integer(at, "bytes", kAny)}, layers(at, "layers")};
    }

    Device device(const JsonReader& at)
    {
        check(at.allowOnly({"name", "class", "memory_bytes", "enabled"}));
        Device device{text(at, "name"), text(at, "class"),
                      Bytes{integer(at, "memory_bytes", kAny)}};
        if (const auto enabled = at.optional("enabled"))
            device.enabled = take(enabled->boolean()).value_or(true);
        return device;
    }

    template <class T>
    Matrix<T> matrix(const JsonReader& root, std::string_view key, std::size_t size, bool needed)
    {
        if (m_error || (!needed && !root.optional(key)))
            return m_error ? Matrix<T>() : Matrix<T>(size);
        const auto field = take(root.required(key));
        const auto rows = field ? take(field->elements()) : std::nullopt;
        if (!rows)
            return {};
        // The cells are counted before any memory is taken for them.
        bool square = rows->size() == size;
        for (const JsonReader& row : *rows)
            square = square && row.value().is_array() && row.value().size() == size;
        if (!square) {
            check(Result<void>(field->error(
                fmt::format("{} rows of {} numbers are needed, one for each device", size, size))));
            return {};
        }
        Matrix<T> matrix(size);
        for (std::size_t i = 0; i < size; ++i) {
            const auto cells = take((*rows)[i].elements());
            for (std::size_t j = 0; j < size && !m_error; ++j)
                matrix.at(DeviceId(i), DeviceId(j)).value = take((*cells)[j].number(0)).value_or(0);
        }
        return matrix;
    }

    std::optional<DeviceId> end(const JsonReader& root, std::string_view key)
    {
        const auto field = root.optional(key);
        if (!field || field->isNull())
            return std::nullopt;
        return DeviceId(static_cast<std::size_t>(take(field->integer(0, kMaxIndex)).value_or(0)));
    }

    void requests(const JsonReader& root, Problem& problem)
    {
        if (const auto memory = root.optional("memory_model")) {
            check(memory->allowOnly({"fixed_bytes", "in_copies", "out_copies"}));
            if (memory->optional("fixed_bytes"))
                problem.memoryModel.fixed.value = integer(*memory, "fixed_bytes", kAny);
            if (const auto copies = memory->optional("in_copies"))
                problem.memoryModel.inCopies = take(copies->number(0)).value_or(0);
            if (const auto copies = memory->optional("out_copies"))
                problem.memoryModel.outCopies = take(copies->number(0)).value_or(0);
        }
        if (const auto stages = root.optional("stages")) {
            check(stages->allowOnly({"min", "max"}));
            const auto bound = [&](std::string_view key) -> std::optional<int> {
                const auto field = stages->optional(key);
                if (!field || field->isNull())
                    return std::nullopt;
                return static_cast<int>(take(field->integer(1, kMaxIndex)).value_or(1));
            };
            problem.stages = {bound("min").value_or(1), bound("max")};
        }
        if (root.optional("pins"))
            each(root, "pins", [&](const JsonReader& at) {
                check(at.allowOnly({"layer", "device"}));
                const auto id = [&](std::string_view key) {
                    return static_cast<std::size_t>(integer(at, key, kMaxIndex));
                };
                problem.pins.push_back({LayerId(id("layer")), DeviceId(id("device"))});
            });
    }
};

template <class T>
Json matrixJson(const Matrix<T>& matrix)
{
    Json rows = Json::array();
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        Json row = Json::array();
        for (std::size_t j = 0; j < matrix.size(); ++j)
            row.push_back(matrix.at(DeviceId(i), DeviceId(j)).value);
        rows.push_back(std::move(row));
    }
    return rows;
}

Json layerIds(const std::vector<LayerId>& layers)
{
    Json ids = Json::array();
    for (const LayerId layer : layers)
        ids.push_back(layer.value);
    return ids;
}

Json deviceOrNull(const std::optional<DeviceId>& device)
{
    return device ? Json(device->value) : Json(nullptr);
}

Json layerJson(const Layer& layer)
{
    Json seconds = Json::object();
    for (const auto& [className, time] : layer.seconds)
        seconds[className] = time.value;
    return {{"name", layer.name},
            {"weight_bytes", layer.weightBytes.value},
            {"activation_bytes", layer.activationBytes.value},
            {"seconds", std::move(seconds)}};
}

Json tensorJson(const graph::DataflowTensor& tensor)
{
    Json json = {{"bytes", tensor.bytes.value},
                 {"producer", tensor.producer ? Json(tensor.producer->value) : Json(nullptr)},
                 {"consumers", layerIds(tensor.consumers)}};
    if (tensor.isOutput)
        json["output"] = true;
    return json;
}

} // namespace

Result<Problem> parseProblem(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    auto problem = Reader().problem(JsonReader(*document, source));
    if (!problem)
        return problem;
    if (const auto ok = validate(*problem); !ok)
        return inContext(source, {ErrorCode::ParseError, ok.error().message});
    return problem;
}

std::string writeProblem(const Problem& problem)
{
    Json json = {{"format", "millrace-problem/1"}, {"overlap", problem.overlap == Overlap::Yes}};
    for (const Layer& layer : problem.layers)
        json["layers"].push_back(layerJson(layer));
    json["tensors"] = Json::array();
    for (const graph::DataflowTensor& tensor : problem.tensors)
        json["tensors"].push_back(tensorJson(tensor));
    for (const SharedWeight& shared : problem.sharedWeights)
        json["shared_weights"].push_back(
            {{"bytes", shared.bytes.value}, {"layers", layerIds(shared.layers)}});
    for (const Device& device : problem.devices)
        json["devices"].push_back({{"name", device.name},
                                   {"class", device.className},
                                   {"memory_bytes", device.memory.value},
                                   {"enabled", device.enabled}});
    json["bandwidth_bps"] = matrixJson(problem.bandwidth);
    json["occupancy_s"] = matrixJson(problem.occupancy);
    json["delay_s"] = matrixJson(problem.delay);
    json["source"] = deviceOrNull(problem.source);
    json["sink"] = deviceOrNull(problem.sink);
    json["memory_model"] = {{"fixed_bytes", problem.memoryModel.fixed.value},
                            {"in_copies", problem.memoryModel.inCopies},
                            {"out_copies", problem.memoryModel.outCopies}};
    json["stages"] = {{"min", problem.stages.min}};
    if (problem.stages.max)
        json["stages"]["max"] = *problem.stages.max;
    for (const Pin& pin : problem.pins)
        json["pins"].push_back({{"layer", pin.layer.value}, {"device", pin.device.value}});
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace millrace::plan
