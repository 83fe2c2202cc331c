// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/net/Connection.h"

#include <list>

namespace millrace::runtime
{

/// Where connections wait that have said nothing yet. They cost a descriptor each, and no thread:
/// only who begins to speak TLS is met. One thread at a time.
class Porch
{
public:
    struct Caller {
        Accepted accepted;
        std::string address;
        Clock::time_point since;
    };
    /// Who waits longer than `patience`, or does not speak TLS, is turned away, and so is the
    /// oldest one of the address that has the most when there are more than `most`.
    Porch(Listener listener, std::size_t most, Clock::duration patience);

    struct Turn {
        std::vector<Caller> speaking;     ///< in the order in which they came
        std::vector<std::string> refused; ///< why, for each that was turned away
    };
    /// Waits for at most `time` until somebody comes or speaks.
    [[nodiscard]] Turn wait(std::chrono::milliseconds time);
    /// Comes back to the porch: there was no room inside yet.
    void giveBack(Caller caller) { m_waiting.push_front(std::move(caller)); }
    [[nodiscard]] std::size_t waiting() const { return m_waiting.size(); }

private:
    void acceptAll(Turn& turn);
    void turnAway(Turn& turn);

    Listener m_listener;
    std::size_t m_most;
    Clock::duration m_patience;
    std::list<Caller> m_waiting; ///< oldest first
};

} // namespace millrace::runtime
