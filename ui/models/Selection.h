// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <QObject>

#include <variant>

namespace millrace::ui
{

struct LinkEnds {
    DeviceId from, to;
    bool operator==(const LinkEnds&) const = default;
};
/// What is selected; the same in every view. Nothing: monostate.
using Selected = std::variant<std::monostate, LayerId, TensorId, DeviceId, LinkEnds>;

/// The one selection all views share: select pi-3 anywhere and pi-3 is selected everywhere. GUI
/// thread only.
class Selection : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    [[nodiscard]] const Selected& current() const { return m_current; }
    /// Emits changed() when it differs.
    void select(const Selected& what);

signals:
    void changed(const millrace::ui::Selected& what);

private:
    Selected m_current;
};

} // namespace millrace::ui
