// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/Session.h"

#include "inference/OrtSettings.h"

#include <algorithm>
#include <cstring>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace millrace::inference
{
namespace
{

/// The library's messages may span lines; ours are one line.
std::string oneLine(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

ValueInfo valueInfo(std::string name, const Ort::TypeInfo& type)
{
    ValueInfo info;
    info.name = std::move(name);
    if (type.GetONNXType() != ONNX_TYPE_TENSOR)
        return info;
    const auto tensor = type.GetTensorTypeAndShapeInfo();
    info.dtype = ownType(tensor.GetElementType());
    info.shape = tensor.GetShape();
    std::vector<const char*> symbols(tensor.GetDimensionsCount());
    tensor.GetSymbolicDimensions(symbols.data(), symbols.size());
    for (const char* symbol : symbols)
        info.dimNames.emplace_back(symbol != nullptr ? symbol : "");
    return info;
}

} // namespace

std::string runtimeVersion()
{
    return OrtGetApiBase()->GetVersionString();
}

struct Session::Impl {
    explicit Impl(Ort::Session opened) : session(std::move(opened))
    {
        Ort::AllocatorWithDefaultOptions allocator;
        for (std::size_t i = 0; i < session.GetInputCount(); ++i)
            inputs.push_back(valueInfo(session.GetInputNameAllocated(i, allocator).get(),
                                       session.GetInputTypeInfo(i)));
        for (std::size_t i = 0; i < session.GetOutputCount(); ++i)
            outputs.push_back(valueInfo(session.GetOutputNameAllocated(i, allocator).get(),
                                        session.GetOutputTypeInfo(i)));
    }

    template <class Open>
    static Result<Session> open(const SessionOptions& options, const Open& openSession)
    {
        try {
            auto impl = std::make_unique<Impl>(openSession(sessionOptions(options)));
            impl->isProfiling = options.profilePrefix.has_value();
#ifdef __GLIBC__
            malloc_trim(0); // loading leaves much of the weights' size in free lists
#endif
            return Session(std::move(impl));
        } catch (const std::exception& error) {
            return fail(ErrorCode::Unsupported, "ONNX Runtime cannot load the model: {}",
                        oneLine(error.what()));
        }
    }

    /// The feed for an input; the library reads the caller's bytes, nothing is copied.
    [[nodiscard]] Result<Ort::Value> feed(const ValueInfo& input,
                                          std::span<const NamedTensor> feeds) const
    {
        const auto found = std::find_if(feeds.begin(), feeds.end(),
                                        [&](const NamedTensor& t) { return t.name == input.name; });
        if (found == feeds.end())
            return fail(ErrorCode::InvalidArgument, "input \"{}\" is missing", input.name);
        const Tensor& tensor = found->tensor;
        if (graph::bitsPerElement(input.dtype) == 0)
            return fail(ErrorCode::Unsupported, "input \"{}\" takes no dense tensor of numbers",
                        input.name);
        if (tensor.dtype != input.dtype)
            return fail(ErrorCode::InvalidArgument, "input \"{}\" is {}, the model takes {}",
                        input.name, graph::name(tensor.dtype), graph::name(input.dtype));
        // Rank 0 is also what the library says of an unknown rank; then it checks for itself.
        bool fits = input.shape.empty() || tensor.shape.size() == input.shape.size();
        for (std::size_t i = 0; fits && i < input.shape.size(); ++i)
            fits = input.shape[i] < 0 || input.shape[i] == tensor.shape[i];
        if (!fits)
            return fail(ErrorCode::InvalidArgument,
                        "input \"{}\" has shape [{}], the model takes [{}]", input.name,
                        fmt::join(tensor.shape, ", "), fmt::join(input.shape, ", "));
        const auto bytes = graph::denseBytes(tensor.dtype, tensor.shape);
        if (!bytes || static_cast<std::size_t>(bytes->value) != tensor.data.size())
            return fail(ErrorCode::InvalidArgument, "input \"{}\": {} bytes do not fit its shape",
                        input.name, tensor.data.size());
        // The library never writes to inputs; its interface only lacks the const.
        static std::byte nothing{}; // an empty tensor needs an address, too
        auto* data = tensor.data.empty() ? &nothing : const_cast<std::byte*>(tensor.data.data());
        return Ort::Value::CreateTensor(memory, data, tensor.data.size(), tensor.shape.data(),
                                        tensor.shape.size(), ortType(tensor.dtype));
    }

    static Result<TensorView> output(const ValueInfo& info, const Ort::Value& value)
    {
        if (!value.HasValue() || !value.IsTensor())
            return fail(ErrorCode::Unsupported, "output \"{}\" is no dense tensor", info.name);
        const auto shape = value.GetTensorTypeAndShapeInfo();
        TensorView result{info.name, ownType(shape.GetElementType()), shape.GetShape(), {}};
        const auto bytes = graph::denseBytes(result.dtype, result.shape);
        if (!bytes || graph::bitsPerElement(result.dtype) == 0)
            return fail(ErrorCode::Unsupported, "output \"{}\" has no fixed-size elements",
                        info.name);
        if (bytes->value > 0)
            result.data = {static_cast<const std::byte*>(value.GetTensorRawData()),
                           static_cast<std::size_t>(bytes->value)};
        return result;
    }

    Ort::Session session;
    Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    std::vector<ValueInfo> inputs, outputs;
    bool isProfiling = false;
};

struct Outputs::Values {
    std::vector<Ort::Value> values;
};

Outputs::Outputs() = default;
Outputs::Outputs(Outputs&&) noexcept = default;
Outputs& Outputs::operator=(Outputs&&) noexcept = default;
Outputs::~Outputs() = default;

TensorView viewOf(const NamedTensor& tensor)
{
    return {tensor.name, tensor.tensor.dtype, tensor.tensor.shape, tensor.tensor.data};
}

Session::Session(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::fromFile(const std::filesystem::path& path, const SessionOptions& options)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::NotFound, "{}: no such file; check the path", path.string());
    return Impl::open(options, [&](const Ort::SessionOptions& ort) {
        return Ort::Session(environment(), path.c_str(), ort);
    });
}

Result<Session> Session::fromBytes(std::string_view model, const SessionOptions& options)
{
    return Impl::open(options, [&](const Ort::SessionOptions& ort) {
        return Ort::Session(environment(), model.data(), model.size(), ort);
    });
}

const std::vector<ValueInfo>& Session::inputs() const
{
    return m_impl->inputs;
}
const std::vector<ValueInfo>& Session::outputs() const
{
    return m_impl->outputs;
}

Result<std::vector<NamedTensor>> Session::run(std::span<const NamedTensor> feeds,
                                              std::stop_token stop)
{
    const auto outputs = runInPlace(feeds, std::move(stop));
    if (!outputs)
        return tl::unexpected(outputs.error());
    std::vector<NamedTensor> results;
    for (const TensorView& view : outputs->tensors())
        results.push_back(
            {view.name, {view.dtype, view.shape, {view.data.begin(), view.data.end()}}});
    return results;
}

Result<Outputs> Session::runInPlace(std::span<const NamedTensor> feeds, std::stop_token stop)
{
    std::vector<const char*> inputNames, outputNames;
    std::vector<Ort::Value> values;
    for (const ValueInfo& input : m_impl->inputs) {
        auto value = m_impl->feed(input, feeds);
        if (!value)
            return tl::unexpected(value.error());
        inputNames.push_back(input.name.c_str());
        values.push_back(std::move(*value));
    }
    for (const NamedTensor& feed : feeds) {
        const auto isNamed = [&](const auto& other) { return other.name == feed.name; };
        if (std::none_of(m_impl->inputs.begin(), m_impl->inputs.end(), isNamed))
            return fail(ErrorCode::InvalidArgument, "the model has no input \"{}\"", feed.name);
        if (std::count_if(feeds.begin(), feeds.end(), isNamed) > 1)
            return fail(ErrorCode::InvalidArgument, "input \"{}\" is given twice", feed.name);
    }
    for (const ValueInfo& output : m_impl->outputs)
        outputNames.push_back(output.name.c_str());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");

    Outputs results;
    try {
        Ort::RunOptions options;
        const std::stop_callback terminate(stop, [&options] { options.SetTerminate(); });
        results.m_values = std::make_unique<Outputs::Values>();
        auto& given = results.m_values->values;
        given = m_impl->session.Run(options, inputNames.data(), values.data(), values.size(),
                                    outputNames.data(), outputNames.size());
        for (std::size_t i = 0; i < given.size(); ++i) {
            auto view = Impl::output(m_impl->outputs[i], given[i]);
            if (!view)
                return tl::unexpected(view.error());
            results.m_tensors.push_back(std::move(*view));
        }
    } catch (const std::exception& error) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "cancelled");
        return fail(ErrorCode::Internal, "ONNX Runtime cannot run the model: {}",
                    oneLine(error.what()));
    }
    return results;
}

Result<std::filesystem::path> Session::endProfiling()
{
    if (!m_impl->isProfiling)
        return fail(ErrorCode::InvalidArgument, "the session was opened without a profile");
    try {
        m_impl->isProfiling = false;
        Ort::AllocatorWithDefaultOptions allocator;
        return std::filesystem::path(m_impl->session.EndProfilingAllocated(allocator).get());
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, "ONNX Runtime's profiler: {}", oneLine(error.what()));
    }
}

} // namespace millrace::inference
