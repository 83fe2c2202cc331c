// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Deploy.h"

namespace millrace::deploy
{

/// What the plan's devices must be for a release of this kind.
[[nodiscard]] Result<void> checkDevices(const Deployment& deployment);
/// A local release is slowed down to what is planned. Over SSH only `emulate` devices are, by the
/// CPU time of their runs; real ones run as fast as they go. Links are what they are then, so time
/// cannot be dilated.
[[nodiscard]] Result<Emulation> emulationOf(const Deployment& deployment);
/// With a name and a folder of its own, in the making by this process; nothing is written yet.
/// Nodes of a local release share this computer's ports, which are chosen at once.
[[nodiscard]] Result<Release> newRelease(const Deployment& deployment, const Emulation& emulated);

} // namespace millrace::deploy
