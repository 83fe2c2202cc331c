// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace millrace::runtime
{

/// A queue of depth 1 between two threads: giving blocks while it is full, which is how
/// back-pressure travels. Both end early at a stop.
template <class T>
class Handoff
{
public:
    /// False when stopped; the item is lost then.
    bool give(T item, const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return !m_item; }))
            return false;
        m_item = std::move(item);
        m_changed.notify_all();
        return true;
    }
    /// Waits no longer than `time`: false, and the item is as it was.
    template <class Duration>
    bool tryGive(T& item, Duration time, const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, stop, time, [this] { return !m_item; }))
            return false;
        m_item = std::move(item);
        m_changed.notify_all();
        return true;
    }
    /// None when stopped.
    std::optional<T> take(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return m_item.has_value(); }))
            return std::nullopt;
        return taken();
    }
    /// None when stopped, or when nothing came for `time`.
    template <class Duration>
    std::optional<T> tryTake(Duration time, const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, stop, time, [this] { return m_item.has_value(); }))
            return std::nullopt;
        return taken();
    }

private:
    std::optional<T> taken()
    {
        std::optional<T> item = std::exchange(m_item, std::nullopt);
        m_changed.notify_all();
        return item;
    }

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<T> m_item;
};

} // namespace millrace::runtime
