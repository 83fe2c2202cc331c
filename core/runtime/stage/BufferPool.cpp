// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/stage/BufferPool.h"

namespace millrace::runtime
{
namespace
{

constexpr std::size_t kPoolSize = 16;

}

std::vector<std::byte> BufferPool::take(std::size_t bytes)
{
    const std::lock_guard lock(m_mutex);
    auto best = m_free.end();
    for (auto at = m_free.begin(); at != m_free.end(); ++at)
        if (at->size() >= bytes && (best == m_free.end() || at->size() < best->size()))
            best = at;
    if (best == m_free.end())
        return {};
    std::vector<std::byte> buffer = std::move(*best);
    m_free.erase(best);
    return buffer;
}

void BufferPool::give(std::vector<inference::NamedTensor>& tensors)
{
    const std::lock_guard lock(m_mutex);
    for (inference::NamedTensor& tensor : tensors)
        if (!tensor.tensor.data.empty() && m_free.size() < kPoolSize)
            m_free.push_back(std::move(tensor.tensor.data));
}

} // namespace millrace::runtime
