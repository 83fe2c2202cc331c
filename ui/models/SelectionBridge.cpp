// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/SelectionBridge.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <optional>

namespace millrace::ui
{
namespace
{

using Names = std::vector<std::string>;

std::optional<DeviceId> renumbered(DeviceId device, const Names& from, const Names& to)
{
    if (device.index() >= from.size())
        return {};
    const auto found = std::find(to.begin(), to.end(), from[device.index()]);
    return found == to.end()
               ? std::nullopt
               : std::optional(DeviceId(static_cast<std::size_t>(found - to.begin())));
}

} // namespace

SelectionBridge::SelectionBridge(Selection& plan, Selection& release, QObject* parent)
    : QObject(parent)
{
    connect(&plan, &Selection::changed, this, [this, &release](const Selected& what) {
        carry(what, m_planNames, release, m_releaseNames);
    });
    connect(&release, &Selection::changed, this, [this, &plan](const Selected& what) {
        carry(what, m_releaseNames, plan, m_planNames);
    });
}

void SelectionBridge::carry(const Selected& what, const Names& from, Selection& to,
                            const Names& names)
{
    if (m_isCarrying)
        return;
    const QScopedValueRollback guard(m_isCarrying, true);
    Selected carried;
    if (const auto* device = std::get_if<DeviceId>(&what)) {
        if (const auto there = renumbered(*device, from, names))
            carried = *there;
    } else if (const auto* ends = std::get_if<LinkEnds>(&what)) {
        const auto begin = renumbered(ends->from, from, names);
        const auto end = renumbered(ends->to, from, names);
        if (begin && end)
            carried = LinkEnds{*begin, *end};
    }
    to.select(carried);
}

} // namespace millrace::ui
