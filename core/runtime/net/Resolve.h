// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/net/Limit.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::runtime
{

/// Looks names up without ever waiting longer than its caller wants to: the system's own look-up
/// knows no limit and cannot be called off, so that it runs on a thread that is left behind when
/// the limit is over. One look-up of a name runs at a time; who asks for it meanwhile waits for the
/// same one. Thread-safe.
class Resolver
{
public:
    /// Numeric addresses of a host; blocks. NotFound: no such name.
    using LookUp = std::function<Result<std::vector<std::string>>(const std::string& host)>;
    explicit Resolver(LookUp lookUp = systemLookUp);
    /// A numeric address is its own answer. Timeout and Cancelled by the limit.
    [[nodiscard]] Result<std::vector<std::string>> addresses(const std::string& host,
                                                             const Limit& limit) const;
    [[nodiscard]] static Result<std::vector<std::string>> systemLookUp(const std::string& host);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared; ///< with the threads that were left behind
};

} // namespace millrace::runtime
