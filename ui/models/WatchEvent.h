// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <QString>

#include <optional>

namespace millrace::ui
{

enum class EventTone { Good, News, Trouble };

/// Something that happened to a release, for people.
struct WatchEvent {
    double at = 0; ///< Unix seconds
    EventTone tone = EventTone::News;
    std::optional<DeviceId> device; ///< of the release's problem
    QString text;                   ///< a whole sentence
    QString detail;                 ///< the gateway's own line
    std::uint64_t number = 0;       ///< given by the EventTableModel; counts up
    bool operator==(const WatchEvent&) const = default;
};

[[nodiscard]] WatchEvent watchEvent(const deploy::Release& release, const runtime::Event& event);

} // namespace millrace::ui
