// SPDX-License-Identifier: GPL-3.0-or-later
/// The property that the request protocol is for: whatever dies, breaks or comes back in whatever
/// order, every request is answered exactly once or fails with its reason, in order.
#include "World.h"

#include <QTest>

#include <iterator>
#include <random>

namespace millrace::test
{
namespace
{

std::vector<Step> randomSteps(std::mt19937_64& random)
{
    std::vector<Step> steps(10 + random() % 50);
    // Faults are rare in some runs and the rule in others, and so are whole rounds of moves.
    const std::uint64_t calm = 1 + random() % 12, wide = 1 + random() % 6;
    for (Step& step : steps) {
        constexpr int kFirstFault = static_cast<int>(Act::StageDies);
        constexpr int kFaults = static_cast<int>(Act::Advance) - kFirstFault;
        if (random() % calm == 0)
            step.act = static_cast<Act>(kFirstFault + static_cast<int>(random() % kFaults));
        else if (random() % wide == 0)
            step.act = Act::Advance;
        else
            step.act = static_cast<Act>(random() % kFirstFault);
        step.who = static_cast<std::uint8_t>(random() % 12);
    }
    return steps;
}

std::string verdictOf(const std::vector<Step>& steps, Mistake mistake)
{
    World world(mistake);
    for (const Step& step : steps)
        world.take(step);
    world.settle();
    return world.verdict();
}

/// Leaves out whatever is not needed for the verdict to be bad.
std::vector<Step> shrunk(std::vector<Step> steps, Mistake mistake)
{
    for (std::size_t length = steps.size() / 2; length > 0; length /= 2)
        for (std::size_t begin = 0; begin + length <= steps.size();) {
            std::vector<Step> fewer = steps;
            const auto from = std::next(fewer.begin(), static_cast<std::ptrdiff_t>(begin));
            fewer.erase(from, std::next(from, static_cast<std::ptrdiff_t>(length)));
            if (verdictOf(fewer, mistake).empty())
                begin += length;
            else
                steps = std::move(fewer);
        }
    return steps;
}

std::string told(const std::vector<Step>& steps, Mistake mistake)
{
    std::string all = verdictOf(steps, mistake) + ", after:";
    for (const Step& step : steps)
        all += "\n  " + text(step);
    return all;
}

/// The first counter-example of so many runs, shrunk; empty: none.
std::vector<Step> counterExample(std::uint64_t runs, Mistake mistake)
{
    std::mt19937_64 random(20'261'201);
    for (std::uint64_t run = 0; run < runs; ++run) {
        std::vector<Step> steps = randomSteps(random);
        if (!verdictOf(steps, mistake).empty())
            return shrunk(std::move(steps), mistake);
    }
    return {};
}

} // namespace

class TestProtocol : public QObject
{
    Q_OBJECT
private slots:
    void everyRequestIsAnsweredOnceInOrder()
    {
        const std::uint64_t runs = qEnvironmentVariableIsSet("MILLRACE_ROUNDS")
                                       ? qEnvironmentVariable("MILLRACE_ROUNDS").toULongLong()
                                       : 1'000'000;
        const auto steps = counterExample(runs, Mistake::None);
        QVERIFY2(steps.empty(), told(steps, Mistake::None).c_str());
    }

    // The property must be able to fail: each planted mistake is found, and told in few steps.
    void plantedMistakesAreFound_data()
    {
        QTest::addColumn<int>("mistake");
        QTest::newRow("a broken stream is not counted") << int(Mistake::LossesUncounted);
        QTest::newRow("a restarted gateway looks like the old one")
            << int(Mistake::GatewayNotNamed);
        QTest::newRow("answers are forgotten before they are acknowledged")
            << int(Mistake::ForgetsAcknowledged);
    }
    void plantedMistakesAreFound()
    {
        QFETCH(int, mistake);
        const auto steps = counterExample(100'000, static_cast<Mistake>(mistake));
        QVERIFY(!steps.empty());
        qInfo("%s", told(steps, static_cast<Mistake>(mistake)).c_str());
        QVERIFY2(steps.size() <= 15, told(steps, static_cast<Mistake>(mistake)).c_str());
    }
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestProtocol)
#include "tst_protocol.moc"
