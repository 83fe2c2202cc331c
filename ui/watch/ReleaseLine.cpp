// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/ReleaseLine.h"

#include "ui/models/DevicePalette.h"
#include "ui/watch/WatchPage.h"

namespace millrace::ui
{
namespace
{

QString stateText(work::State state)
{
    switch (state) {
    case work::State::Starting:
        return WatchPage::tr("\u25b6 starting");
    case work::State::Serving:
        return WatchPage::tr("\u25b2 serving");
    case work::State::Interrupted:
        return WatchPage::tr("\u25bc interrupted: requests wait");
    case work::State::Draining:
        return WatchPage::tr("\u25cf draining");
    case work::State::Replaced:
        return WatchPage::tr("\u25bd replaced");
    case work::State::Down:
    case work::State::Unreachable:
        return WatchPage::tr("\u25bc no answer; trying again");
    }
    return {};
}

} // namespace

ReleaseLine releaseLine(const LiveRelease& live, const QPalette& palette)
{
    const DevicePalette colours(palette);
    QString text = WatchPage::tr("\u25b6 connecting\u2026");
    QColor colour = palette.color(QPalette::PlaceholderText);
    if (live.work() == LiveRelease::Work::Removing) {
        text = WatchPage::tr("\u25a0 stopping\u2026");
    } else if (live.work() == LiveRelease::Work::Restarting) {
        text = WatchPage::tr("\u25b6 starting what is down\u2026");
    } else if (live.link() == LiveRelease::Link::Lost) {
        text = live.deadNodes() > 0 ? WatchPage::tr("\u25bc no answer; %n process(es) ended",
                                                    nullptr, live.deadNodes())
                                    : WatchPage::tr("\u25bc no answer; trying again");
        colour = colours.bottleneck();
    } else if (live.status()) {
        const work::State state = live.state();
        text = stateText(state);
        colour = state == work::State::Serving       ? colours.good()
                 : state == work::State::Interrupted ? colours.bottleneck()
                                                     : colour;
    }
    return {text, colour};
}

} // namespace millrace::ui
