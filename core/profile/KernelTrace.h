// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "profile/Profile.h"

#include <optional>

namespace millrace::profile
{

/// One kernel of one run, as the profiler saw it.
struct Kernel {
    std::string name; ///< of the node, without "_kernel_time"
    double start = 0; ///< microseconds
    double end = 0;
};

/// From the text of ONNX Runtime's profile: kernels per run, in order of their start; those of a
/// subgraph lie within their parent's time and are left out. ParseError, naming `source`.
[[nodiscard]] Result<std::vector<std::vector<Kernel>>> parseKernels(const std::string& trace,
                                                                    const std::string& source);

/// Which layer a kernel is charged to.
class Owners
{
public:
    /// The layers' names and those of what they make.
    explicit Owners(std::span<const ProfiledLayer> layers);
    /// Fused kernels keep the name of their first node, sometimes with something around it: the
    /// longest name that the kernel's has in it. None: nobody's.
    [[nodiscard]] std::optional<std::size_t> find(const std::string& kernel) const;

private:
    std::map<std::string, std::size_t> m_byName;
};

/// Microseconds per layer in one run; what no layer owns goes to the layer before it. `known`
/// remembers from run to run whose a kernel is.
[[nodiscard]] std::vector<double> charge(const std::vector<Kernel>& kernels, const Owners& owners,
                                         std::map<std::string, std::optional<std::size_t>>& known,
                                         std::size_t layerCount);

} // namespace millrace::profile
