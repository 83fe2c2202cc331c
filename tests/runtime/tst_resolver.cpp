// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Resolve.h"

#include <QTest>

#include <atomic>
#include <thread>

namespace millrace::runtime
{
namespace
{

using Addresses = Result<std::vector<std::string>>;

Limit within(int milliseconds)
{
    return Limit::within(std::chrono::milliseconds(milliseconds), {});
}

} // namespace

class TestResolver : public QObject
{
    Q_OBJECT
private slots:
    void numbersAreTheirOwnAnswer()
    {
        const Resolver resolver([](const std::string&) -> Addresses {
            return fail(ErrorCode::Internal, "nobody asks");
        });
        for (const char* address : {"127.0.0.1", "::1", "fe80::1%lo"})
            QCOMPARE(resolver.addresses(address, within(1000)).value(),
                     std::vector<std::string>{address});
    }

    void namesAreLookedUp()
    {
        const Resolver resolver;
        const auto found = resolver.addresses("localhost", within(20'000));
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QVERIFY(!found->empty());
    }

    // A name server that does not answer holds the system's look-up for half a minute and more.
    void aSlowLookUpHoldsNoDeadline()
    {
        auto release = std::make_shared<std::atomic<bool>>(false);
        auto asked = std::make_shared<std::atomic<int>>(0);
        const Resolver resolver([release, asked](const std::string&) -> Addresses {
            ++*asked;
            release->wait(false);
            return std::vector<std::string>{"10.0.0.1"};
        });
        const auto begun = Clock::now();
        const auto late = resolver.addresses("nano.local", within(50));
        QVERIFY(!late);
        QVERIFY(late.error().code == ErrorCode::Timeout);
        QVERIFY(late.error().message.find("nano.local") != std::string::npos);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(resolver.addresses("nano.local", {stop.get_token()}).error().code ==
                ErrorCode::Cancelled);
        QVERIFY(Clock::now() - begun < std::chrono::seconds(5));
        QCOMPARE(asked->load(), 1); // one thread is left behind, not one for each try
        std::jthread answering([release] {
            QTest::qSleep(50);
            *release = true;
            release->notify_all();
        });
        QCOMPARE(resolver.addresses("nano.local", within(20'000)).value(),
                 std::vector<std::string>{"10.0.0.1"});
    }

    void aFailureIsPassedOn()
    {
        const Resolver resolver([](const std::string&) -> Addresses {
            return fail(ErrorCode::Network, "no such name");
        });
        QVERIFY(resolver.addresses("nano.local", within(20'000)).error() ==
                (Error{ErrorCode::Network, "no such name"}));
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestResolver)
#include "tst_resolver.moc"
