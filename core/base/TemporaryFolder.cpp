// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/TemporaryFolder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>

namespace millrace
{

Result<TemporaryFolder> TemporaryFolder::create()
{
    std::error_code error;
    const auto base = std::filesystem::temp_directory_path(error);
    if (error)
        return fail(ErrorCode::Io, "there is no folder for temporary files: {}", error.message());
    std::string name = (base / "millrace-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        return fail(ErrorCode::Io, "cannot make a temporary folder in {}: {}", base.string(),
                    std::strerror(errno));
    return TemporaryFolder(std::move(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : m_path(std::move(other.m_path))
{
    other.m_path.clear();
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    if (!m_path.empty())
        std::filesystem::remove_all(m_path, ignored);
}

} // namespace millrace
