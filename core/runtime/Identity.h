// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <string>

namespace millrace::runtime
{

/// A node's or client's key and self-signed certificate, made for one release. Nobody signs it:
/// peers know it by its fingerprint. Valid from a day before it is made, so that a slow clock on
/// a node does no harm.
struct Identity {
    std::string certificatePem;
    std::string privateKeyPem; ///< secret: files mode 0600 only, never a log or a command line
    std::string fingerprint;   ///< SHA-256 of the certificate (DER), 64 lower-case hex digits
};

/// Ed25519. `name` becomes the common name, for people who look at the certificate.
[[nodiscard]] Result<Identity> makeIdentity(const std::string& name);

/// Of the first certificate in a PEM text; ParseError when there is none.
[[nodiscard]] Result<std::string> certificateFingerprint(const std::string& certificatePem);

} // namespace millrace::runtime
