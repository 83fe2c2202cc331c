// SPDX-License-Identifier: GPL-3.0-or-later
/// Lets QCOMPARE show what differs when it compares std::string.
#pragma once

#include <QTest>

#include <string>

namespace QTest
{

template <>
inline char* toString(const std::string& text)
{
    return qstrdup(("\"" + text + "\"").c_str());
}

} // namespace QTest
