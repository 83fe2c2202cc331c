// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Submodel.h"

#include "onnx/WeightData.h"

namespace millrace::onnx
{

Selection withConstants(const GraphIndex& index, const std::set<std::string>& constants,
                        std::span<const int> nodes, std::span<const std::string> values)
{
    std::set<int> chosen(nodes.begin(), nodes.end());
    std::set<int> weights;
    std::set<int> sparse;
    std::vector<std::string> open(values.begin(), values.end());
    for (const int node : nodes)
        for (const std::string& value : index.reads[static_cast<std::size_t>(node)])
            open.push_back(value);
    while (!open.empty()) {
        const std::string value = std::move(open.back());
        open.pop_back();
        if (!constants.contains(value))
            continue;
        if (const auto found = index.initializer.find(value); found != index.initializer.end())
            weights.insert(found->second);
        else if (const auto other = index.sparseInitializer.find(value);
                 other != index.sparseInitializer.end())
            sparse.insert(other->second);
        else if (const auto maker = index.producer.find(value);
                 maker != index.producer.end() && chosen.insert(maker->second).second)
            for (const std::string& read : index.reads[static_cast<std::size_t>(maker->second)])
                open.push_back(read);
    }
    return {{chosen.begin(), chosen.end()},
            {weights.begin(), weights.end()},
            {sparse.begin(), sparse.end()}};
}

pb::ModelProto emptyLike(const pb::ModelProto& model)
{
    pb::ModelProto empty;
    empty.set_ir_version(model.ir_version());
    *empty.mutable_opset_import() = model.opset_import();
    empty.set_producer_name(model.producer_name());
    empty.set_producer_version(model.producer_version());
    empty.set_domain(model.domain());
    empty.set_model_version(model.model_version());
    *empty.mutable_metadata_props() = model.metadata_props();
    *empty.mutable_functions() = model.functions();
    // ONNX Runtime wants a graph name.
    empty.mutable_graph()->set_name(model.graph().name().empty() ? "graph" : model.graph().name());
    return empty;
}

void setTensorType(pb::ValueInfoProto& value, int elementType,
                   const std::vector<std::int64_t>& shape)
{
    auto* type = value.mutable_type()->mutable_tensor_type();
    type->set_elem_type(elementType);
    type->mutable_shape(); // present even when the rank is 0
    for (const std::int64_t dim : shape) {
        auto* added = type->mutable_shape()->add_dim();
        if (dim >= 0)
            added->set_dim_value(dim);
    }
}

Result<pb::TensorProto> inlined(const pb::TensorProto& tensor, const std::filesystem::path& folder)
{
    pb::TensorProto copy = tensor;
    if (!isExternal(tensor))
        return copy;
    copy.clear_external_data();
    copy.clear_data_location();
    if (const auto read = rawBytes(tensor, folder, *copy.mutable_raw_data()); !read)
        return tl::unexpected(read.error());
    return copy;
}

} // namespace millrace::onnx
