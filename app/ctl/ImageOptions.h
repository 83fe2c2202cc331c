// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Command.h"
#include "work/ImageInput.h"

namespace millrace::ctl
{

/// --mean, --std, --layout, --channels, --size: how an image becomes an input. `options` must
/// outlive the parsing.
void addImageOptions(CLI::App& command, work::ImageOptions& options);

} // namespace millrace::ctl
