// SPDX-License-Identifier: GPL-3.0-or-later
#include "MipModel.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

namespace millrace::bench
{
namespace
{

constexpr double kMiB = 1 << 20;

class Writer
{
public:
    explicit Writer(const plan::Problem& problem) : m_problem(problem)
    {
        for (std::size_t d = 0; d < problem.devices.size(); ++d)
            if (problem.devices[d].enabled)
                m_devices.emplace_back(d);
        std::vector<LayerId> order;
        for (std::size_t i = 0; i < problem.layers.size(); ++i)
            order.emplace_back(i);
        m_payloads = graph::linearPayloads(order, problem.tensors);
    }

    std::string run()
    {
        m_text = "Minimize\n obj: T\nSubject To\n";
        flow();
        for (const DeviceId d : m_devices) {
            enteredOnce(d);
            compute(d);
            memory(d);
        }
        transfers();
        m_text += "Binary\n";
        for (std::size_t i = 0; i < layers(); ++i)
            for (const DeviceId d : m_devices)
                if (time(i, d))
                    add(" x_{}_{}\n", i, d.value);
        return m_text + "End\n";
    }

private:
    template <class... Args>
    void add(fmt::format_string<Args...> format, Args&&... args)
    {
        fmt::format_to(std::back_inserter(m_text), format, std::forward<Args>(args)...);
    }
    [[nodiscard]] std::size_t layers() const { return m_problem.layers.size(); }
    /// Milliseconds; none where the device cannot run the layer, which then has no variable there.
    [[nodiscard]] std::optional<double> time(std::size_t layer, DeviceId d) const
    {
        const auto& seconds = m_problem.layers[layer].seconds;
        const auto found = seconds.find(m_problem.devices[d.index()].className);
        return found == seconds.end() ? std::nullopt : std::optional(1e3 * found->second.value);
    }
    [[nodiscard]] bool canMove(std::size_t layer, DeviceId d, DeviceId e) const
    {
        return d != e && time(layer - 1, d) && time(layer, e) &&
               m_problem.bandwidth.at(d, e).value > 0;
    }
    [[nodiscard]] double hop(DeviceId from, DeviceId to, std::size_t cut) const
    {
        return 1e3 * plan::hopTime(m_problem, from, to, m_payloads[cut]).value;
    }

    void flow()
    {
        m_text += " start:";
        for (const DeviceId d : m_devices)
            if (time(0, d))
                add(" + x_0_{}", d.value);
        m_text += " = 1\n";
        for (std::size_t i = 1; i < layers(); ++i)
            for (const DeviceId d : m_devices) {
                if (time(i - 1, d)) {
                    add(" leave_{0}_{1}: x_{2}_{1}", i, d.value, i - 1);
                    if (time(i, d))
                        add(" - s_{}_{}", i, d.value);
                    for (const DeviceId e : m_devices)
                        if (canMove(i, d, e))
                            add(" - m_{}_{}_{}", i, d.value, e.value);
                    m_text += " = 0\n";
                }
                if (time(i, d)) {
                    add(" come_{0}_{1}: x_{0}_{1}", i, d.value);
                    if (time(i - 1, d))
                        add(" - s_{}_{}", i, d.value);
                    moves(i, d, " -");
                    m_text += " = 0\n";
                }
            }
    }
    /// Every move to the device at this cut.
    void moves(std::size_t layer, DeviceId to, const char* sign)
    {
        for (const DeviceId from : m_devices)
            if (canMove(layer, from, to))
                add("{} m_{}_{}_{}", sign, layer, from.value, to.value);
    }
    void enteredOnce(DeviceId d)
    {
        add(" once_{0}: x_0_{0}", d.value);
        for (std::size_t i = 1; i < layers(); ++i)
            moves(i, d, " +");
        m_text += " <= 1\n";
    }
    void compute(DeviceId d)
    {
        add(" compute_{}:", d.value);
        for (std::size_t i = 0; i < layers(); ++i)
            if (const auto ms = time(i, d))
                add(" + {:.17g} x_{}_{}", *ms, i, d.value);
        m_text += " - T <= 0\n";
    }
    void memory(DeviceId d)
    {
        add(" memory_{}:", d.value);
        for (std::size_t i = 0; i < layers(); ++i)
            if (time(i, d))
                add(" + {:.17g} x_{}_{}",
                    static_cast<double>(m_problem.layers[i].weightBytes.value) / kMiB, i, d.value);
        const Bytes free = m_problem.devices[d.index()].memory - m_problem.memoryModel.fixed;
        add(" + a_{} <= {:.17g}\n", d.value, static_cast<double>(free.value) / kMiB);
        for (std::size_t i = 0; i < layers(); ++i)
            if (const Bytes live = m_problem.layers[i].activationBytes;
                live.value > 0 && time(i, d))
                add(" live_{0}_{1}: {2:.17g} x_{0}_{1} - a_{1} <= 0\n", i, d.value,
                    static_cast<double>(live.value) / kMiB);
    }
    void transfers()
    {
        for (std::size_t i = 1; i < layers(); ++i) {
            add(" transfer_{}:", i);
            for (const DeviceId d : m_devices)
                for (const DeviceId e : m_devices)
                    if (canMove(i, d, e))
                        add(" + {:.17g} m_{}_{}_{}", hop(d, e, i), i, d.value, e.value);
            m_text += " - T <= 0\n";
        }
        const auto gateway = [this](const char* name, std::size_t layer, const auto& time) {
            add(" {}:", name);
            for (const DeviceId d : m_devices)
                add(" + {:.17g} x_{}_{}", time(d), layer, d.value);
            m_text += " - T <= 0\n";
        };
        if (m_problem.source)
            gateway("source", 0, [this](DeviceId d) { return hop(*m_problem.source, d, 0); });
        if (m_problem.sink)
            gateway("sink", layers() - 1,
                    [this](DeviceId d) { return hop(d, *m_problem.sink, layers()); });
    }

    const plan::Problem& m_problem;
    std::vector<DeviceId> m_devices;
    std::vector<Bytes> m_payloads;
    std::string m_text;
};

} // namespace

std::string mipModel(const plan::Problem& problem)
{
    return Writer(problem).run();
}

} // namespace millrace::bench
