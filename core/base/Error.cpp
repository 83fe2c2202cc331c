// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Error.h"

namespace millrace
{

tl::unexpected<Error> inContext(const std::string& context, Error error)
{
    error.message = context + ": " + error.message;
    return tl::unexpected(std::move(error));
}

} // namespace millrace
