// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace millrace
{

/// Where long work reports to. Called on the working thread; implementations must be quick and must
/// not throw. Cancelling is the std::stop_token's business, not the sink's.
class ProgressSink
{
public:
    virtual ~ProgressSink() = default;
    /// `what`: a short phrase ("measuring layer times, run 2 of 5"); `fraction` in [0, 1], or
    /// negative when unknown.
    virtual void progress(std::string_view what, double fraction) = 0;
};

/// For callers that do not watch.
class NoProgress final : public ProgressSink
{
public:
    void progress(std::string_view, double) override {}
};

} // namespace millrace
