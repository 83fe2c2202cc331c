// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/SmallStatus.h"
#include "work/ReleaseState.h"

#include <QTest>

using namespace millrace;
using namespace millrace::work;

namespace
{

using deploy::ReleaseNode;
using runtime::ServiceState;

deploy::Release remote()
{
    deploy::Release release = test::watchedRelease();
    release.kind = deploy::ReleaseKind::Ssh;
    return release;
}

deploy::ReleaseHeader headerOf(const deploy::Release& release)
{
    return {release.id, release.kind, release.standing, {}, 0, release.nodes, {}};
}

runtime::LiveStatus saying(ServiceState state)
{
    runtime::LiveStatus live = test::liveStatus(60, 90);
    live.state = state;
    return live;
}

const IsAlive kAll = [](const ReleaseNode&) { return true; };
const IsAlive kNone = [](const ReleaseNode&) { return false; };
const IsAlive kAllButStage2 = [](const ReleaseNode& node) { return node.name != "stage-2"; };

class TestReleaseState : public QObject
{
    Q_OBJECT
private slots:
    void theGatewaysWordCountsWhenAllLive()
    {
        for (const auto& [said, state] : {std::pair(ServiceState::Starting, State::Starting),
                                          std::pair(ServiceState::Serving, State::Serving),
                                          std::pair(ServiceState::Interrupted, State::Interrupted),
                                          std::pair(ServiceState::Draining, State::Draining)}) {
            QVERIFY(releaseState(test::watchedRelease(), saying(said), kAll).state == state);
            QVERIFY(releaseState(remote(), saying(said), kNone).state == state);
        }
    }

    void aProcessThatEndedIsKnownBeforeTheGatewayMissesIt()
    {
        const auto known =
            releaseState(test::watchedRelease(), saying(ServiceState::Serving), kAllButStage2);
        QVERIFY(known.state == State::Interrupted);
        QCOMPARE(countEnded(test::watchedRelease(), kAllButStage2), 1U);
        const std::vector<NodeState> nodes{{true, true}, {false, false}, {true, true}};
        QVERIFY(known.nodes == nodes);
    }

    void aStageThatTheGatewayMissesIsNotUp()
    {
        runtime::LiveStatus live = saying(ServiceState::Serving);
        live.pipelines[0].stages[0].up = false;
        const auto known = releaseState(remote(), live, kNone);
        QVERIFY(known.state == State::Interrupted);
        const std::vector<NodeState> nodes{{true, false}, {true, true}, {true, true}};
        QVERIFY(known.nodes == nodes);
        live.pipelines[0].stages.pop_back(); // it does not speak of the second one
        QVERIFY(!releaseState(remote(), live, kNone).nodes[1].isUp);
    }

    void withoutTheGateway()
    {
        QVERIFY(releaseState(test::watchedRelease(), {}, kNone).state == State::Down);
        QVERIFY(releaseState(test::watchedRelease(), {}, kAll).state == State::Unreachable);
        const auto known = releaseState(remote(), {}, kAll);
        QVERIFY(known.state == State::Unreachable); // whether they live cannot be seen from here
        QCOMPARE(countEnded(remote(), kNone), 0U);
    }

    void replacedWhateverAnswers()
    {
        deploy::Release release = remote();
        release.standing = deploy::Standing::Replaced;
        QVERIFY(!mayServe(headerOf(release), kAll));
        QVERIFY(releaseState(release, saying(ServiceState::Serving), kAll).state ==
                State::Replaced);
        QVERIFY(mayServe(headerOf(remote()), kNone));
    }

    void aLocalReleaseMayServeWhileAnyProcessLives()
    {
        QVERIFY(mayServe(headerOf(test::watchedRelease()), kAllButStage2));
        QVERIFY(!mayServe(headerOf(test::watchedRelease()), kNone));
    }

    void everyStateHasAName()
    {
        QCOMPARE(name(State::Replaced), "replaced");
        QCOMPARE(name(State::Down), "down");
        QCOMPARE(name(State::Unreachable), "unreachable");
        QCOMPARE(name(State::Starting), "starting");
        QCOMPARE(name(State::Serving), "serving");
        QCOMPARE(name(State::Interrupted), "interrupted");
        QCOMPARE(name(State::Draining), "draining");
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestReleaseState)
#include "tst_release_state.moc"
