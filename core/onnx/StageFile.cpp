// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/StageFile.h"

#include "base/File.h"
#include "onnx/Submodel.h"
#include "onnx/WeightData.h"

#include <algorithm>
#include <fstream>

namespace millrace::onnx
{
namespace
{

/// Smaller weights stay in the model file, where shape inference sees them.
constexpr std::int64_t kExternalFrom = 1024;
/// ONNX Runtime maps external data from page borders; small ones need no page of their own.
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kSmallAlignment = 64;

/// Streams weights into a file beside the target; it takes the target's name when all is written.
class WeightFile
{
public:
    explicit WeightFile(std::filesystem::path path)
        : m_path(std::move(path)), m_part(m_path.string() + ".part")
    {
    }
    ~WeightFile()
    {
        std::error_code ignored;
        if (m_file.is_open())
            std::filesystem::remove(m_part, ignored);
    }
    WeightFile(const WeightFile&) = delete;
    WeightFile& operator=(const WeightFile&) = delete;

    /// Gives the offset at which the bytes lie.
    Result<std::uint64_t> append(std::string_view bytes)
    {
        if (!m_file.is_open())
            m_file.open(m_part, std::ios::binary | std::ios::trunc);
        const std::uint64_t alignment = bytes.size() >= kPage ? kPage : kSmallAlignment;
        const std::uint64_t offset = (m_size + alignment - 1) / alignment * alignment;
        const std::string padding(offset - m_size, '\0');
        m_file.write(padding.data(), static_cast<std::streamsize>(padding.size()));
        m_file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        m_size = offset + bytes.size();
        if (!m_file)
            return fail(ErrorCode::Io, "{}: cannot write; is the disk full?", m_path.string());
        return offset;
    }

    /// Without any weight there is no file, also not one of an earlier split.
    Result<void> finish()
    {
        std::error_code error;
        if (!m_file.is_open()) {
            std::filesystem::remove(m_path, error);
            return {};
        }
        m_file.close();
        if (!m_file)
            return fail(ErrorCode::Io, "{}: cannot write; is the disk full?", m_path.string());
        std::filesystem::rename(m_part, m_path, error);
        if (error)
            return fail(ErrorCode::Io, "{}: cannot write: {}", m_path.string(), error.message());
        return {};
    }

private:
    std::filesystem::path m_path, m_part;
    std::ofstream m_file;
    std::uint64_t m_size = 0;
};

void setExternal(pb::TensorProto& tensor, const std::string& file, std::uint64_t offset,
                 std::uint64_t length)
{
    tensor.set_data_location(pb::TensorProto::EXTERNAL);
    const auto add = [&](const char* key, const std::string& value) {
        pb::StringStringEntryProto& entry = *tensor.add_external_data();
        entry.set_key(key);
        entry.set_value(value);
    };
    add("location", file);
    add("offset", std::to_string(offset));
    add("length", std::to_string(length));
}

class StageWriter
{
public:
    StageWriter(const Model::Impl& model, const StageContent& content,
                std::filesystem::path weightPath)
        : m_model(model), m_source(model.proto.graph()), m_index(m_source), m_content(content),
          m_weightName(weightPath.filename().string()), m_weights(std::move(weightPath)),
          m_stage(emptyLike(model.proto))
    {
    }

    Result<pb::ModelProto> write(const std::stop_token& stop)
    {
        std::vector<int> nodes;
        for (const LayerId layer : m_content.layers) {
            const auto& own = m_model.nodes[layer.index()];
            nodes.insert(nodes.end(), own.begin(), own.end());
        }
        std::vector<std::string> constantOutputs;
        for (const TensorId output : m_content.outputs)
            constantOutputs.push_back(nameOf(output));
        const Selection selection =
            withConstants(m_index, m_model.constants.values, nodes, constantOutputs);
        addPorts();
        addNodes(selection);
        for (const int weight : selection.initializers) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "splitting was cancelled");
            if (auto added = addWeight(m_source.initializer(weight)); !added)
                return tl::unexpected(added.error());
        }
        for (const int weight : selection.sparseInitializers)
            *graph().add_sparse_initializer() = m_source.sparse_initializer(weight);
        if (auto finished = m_weights.finish(); !finished)
            return tl::unexpected(finished.error());
        return std::move(m_stage);
    }

private:
    pb::GraphProto& graph() { return *m_stage.mutable_graph(); }
    [[nodiscard]] const std::string& nameOf(TensorId id) const
    {
        return m_model.graph.tensors[id.index()].name;
    }

    void addPort(pb::ValueInfoProto& value, TensorId id)
    {
        const std::string& name = nameOf(id);
        const ValueFacts& fact = m_model.facts.at(name);
        value.set_name(name);
        if (fact.dtype != graph::DType::Undefined)
            setTensorType(value, codeOf(fact.dtype), fact.declared);
        else
            for (const auto& declared : {m_source.input(), m_source.output()})
                for (const pb::ValueInfoProto& other : declared)
                    if (other.name() == name)
                        *value.mutable_type() = other.type();
    }

    void addPorts()
    {
        for (const TensorId input : m_content.inputs)
            addPort(*graph().add_input(), input);
        for (const TensorId output : m_content.outputs)
            addPort(*graph().add_output(), output);
    }

    void addNodes(const Selection& selection)
    {
        std::set<std::string> made;
        for (const int node : selection.nodes) {
            *graph().add_node() = m_source.node(node);
            made.insert(m_source.node(node).output().begin(), m_source.node(node).output().end());
        }
        for (const pb::ValueInfoProto& value : m_source.value_info())
            if (made.contains(value.name()))
                *graph().add_value_info() = value;
    }

    Result<void> addWeight(const pb::TensorProto& tensor)
    {
        const auto size = tensorBytes(tensor);
        if (!size)
            return tl::unexpected(size.error());
        pb::TensorProto& added = *graph().add_initializer();
        if (size->value < kExternalFrom || tensor.data_type() == pb::TensorProto::STRING) {
            auto copy = inlined(tensor, m_model.folder());
            if (!copy)
                return tl::unexpected(copy.error());
            added.Swap(&*copy);
            return {};
        }
        const auto bytes = rawBytes(tensor, m_model.folder(), m_scratch);
        if (!bytes)
            return tl::unexpected(bytes.error());
        const auto offset = m_weights.append(*bytes);
        if (!offset)
            return tl::unexpected(offset.error());
        added.set_name(tensor.name());
        added.set_data_type(tensor.data_type());
        *added.mutable_dims() = tensor.dims();
        setExternal(added, m_weightName, *offset, bytes->size());
        return {};
    }

    const Model::Impl& m_model;
    const pb::GraphProto& m_source;
    GraphIndex m_index;
    const StageContent& m_content;
    std::string m_weightName;
    WeightFile m_weights;
    pb::ModelProto m_stage;
    std::string m_scratch;
};

} // namespace

Port portOf(const Model::Impl& model, TensorId tensor)
{
    const graph::Tensor& known = model.graph.tensors[tensor.index()];
    const ValueFacts& fact = model.facts.at(known.name);
    return {known.name, known.dtype, fact.declared};
}

Result<void> writeStageFiles(const Model::Impl& model, const StageContent& content,
                             const std::filesystem::path& folder, const std::string& stem,
                             std::stop_token stop)
{
    auto stage = StageWriter(model, content, folder / (stem + ".weights")).write(stop);
    if (!stage)
        return tl::unexpected(stage.error());
    std::string bytes;
    if (!stage->SerializeToString(&bytes))
        return fail(ErrorCode::ResourceExhausted, "{}: the graph is larger than the format allows",
                    stem);
    return writeFileAtomically(folder / (stem + ".onnx"), bytes);
}

} // namespace millrace::onnx
