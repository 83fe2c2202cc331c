// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Tensor.h"

#include <cstddef>
#include <mutex>
#include <vector>

namespace millrace::runtime
{

/// Receive buffers that are used again: pages that were touched once need not be touched anew.
/// Thread-safe.
class BufferPool
{
public:
    [[nodiscard]] std::vector<std::byte> take(std::size_t bytes);
    void give(std::vector<inference::NamedTensor>& tensors);

private:
    std::mutex m_mutex;
    std::vector<std::vector<std::byte>> m_free;
};

} // namespace millrace::runtime
