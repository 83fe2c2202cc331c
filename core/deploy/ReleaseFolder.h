// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

namespace millrace::deploy
{

/// Held while a release is deployed, repaired or removed; goes with the process.
class ReleaseLock
{
public:
    /// Network (busy) when another process holds it: its message says who.
    [[nodiscard]] static Result<ReleaseLock> take(const Release& release);
    ReleaseLock(ReleaseLock&& other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    ReleaseLock& operator=(ReleaseLock&&) = delete;
    ~ReleaseLock();

private:
    explicit ReleaseLock(int fd) : m_fd(fd) {}
    int m_fd;
};

/// "resnet50-20261124-221530-3f9a" for a model file of that name.
[[nodiscard]] std::string newReleaseId(const std::filesystem::path& model, double unixSeconds);

/// Makes the release's folder with release.json in it.
[[nodiscard]] Result<void> makeFolder(const Release& release);
/// release.json anew.
[[nodiscard]] Result<void> saveRelease(const Release& release);
[[nodiscard]] Result<void> removeFolder(const std::filesystem::path& folder);

} // namespace millrace::deploy
