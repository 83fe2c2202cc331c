// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

namespace millrace::deploy
{

/// What a list of releases needs: the release without its model, cluster, problem and plan, which
/// are not even parsed.
struct ReleaseHeader {
    std::string id;
    ReleaseKind kind = ReleaseKind::Local;
    Standing standing = Standing::Current;
    std::filesystem::path folder;
    double createdAt = 0;           ///< Unix seconds
    std::vector<ReleaseNode> nodes; ///< their roles are not known
    std::optional<ProcessId> owner;
};
/// ParseError where the text is no release's.
[[nodiscard]] Result<ReleaseHeader> parseReleaseHeader(std::string_view text,
                                                       const std::string& source);
/// The whole of it.
[[nodiscard]] Result<Release> readRelease(const ReleaseHeader& header);

/// $MILLRACE_STATE, else $XDG_STATE_HOME/millrace, else ~/.local/state/millrace; "releases" in it
/// holds a folder for each release.
[[nodiscard]] std::filesystem::path stateFolder();
/// All that this machine has deployed, newest first; abandoned ones are left out.
[[nodiscard]] std::vector<ReleaseHeader> releaseHeaders();
/// Those whose owner is gone.
[[nodiscard]] std::vector<ReleaseHeader> abandonedReleases();
/// Every release of releaseHeaders() that can be read, whole: for who shows them all.
[[nodiscard]] std::vector<Release> localReleases();
/// By id, or the newest current one when `id` is empty. NotFound says what there is.
[[nodiscard]] Result<Release> findRelease(const std::string& id);
/// Releases over SSH with a device in common, current or replaced, newest first; not `release`.
[[nodiscard]] std::vector<Release> releasesBeside(const Release& release);

} // namespace millrace::deploy
