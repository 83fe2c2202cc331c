// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <exception>
#include <functional>
#include <new>
#include <type_traits>

namespace millrace
{

/// The floor under a thread or a room: runs `work` and turns whatever it throws into an error
/// ("`what`: ..."), ResourceExhausted when memory ran out, Internal else. What `work` returns is
/// passed on; a void `work` gives Result<void>. Every thread's function is called through it, and
/// so is every call of a library that throws.
template <class Work>
[[nodiscard]] auto guarded(const char* what, Work&& work)
{
    using Returned = std::invoke_result_t<Work>;
    constexpr bool isResult = requires
    {
        typename Returned::unexpected_type;
    };
    using Outcome = std::conditional_t<isResult, Returned, Result<Returned>>;
    try {
        if constexpr (std::is_void_v<Returned>) {
            std::invoke(std::forward<Work>(work));
            return Outcome{};
        } else {
            return Outcome(std::invoke(std::forward<Work>(work)));
        }
    } catch (const std::bad_alloc&) {
        return Outcome(fail(ErrorCode::ResourceExhausted, "{}: not enough memory", what));
    } catch (const std::exception& exception) {
        return Outcome(
            fail(ErrorCode::Internal, "{}: an unexpected failure: {}", what, exception.what()));
    } catch (...) {
        return Outcome(fail(ErrorCode::Internal, "{}: an unexpected failure", what));
    }
}

} // namespace millrace
