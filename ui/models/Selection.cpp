// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/Selection.h"

namespace millrace::ui
{

void Selection::select(const Selected& what)
{
    if (m_current == what)
        return;
    m_current = what;
    emit changed(m_current);
}

} // namespace millrace::ui
