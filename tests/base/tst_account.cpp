// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Account.h"

#include <QTest>

#include <pwd.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

namespace millrace
{

class TestAccount : public QObject
{
    Q_OBJECT
private slots:
    void isWhatTheSystemSays()
    {
        const ::passwd* known = ::getpwuid(::getuid());
        if (known == nullptr)
            QSKIP("the system does not know this account");
        QCOMPARE(thisAccount().name, std::string(known->pw_name));
        QCOMPARE(thisAccount().home.string(), std::string(known->pw_dir));
    }

    void theEnvironmentDoesNotCountForAKnownAccount()
    {
        const Account before = thisAccount();
        const QByteArray home = qgetenv("HOME");
        qputenv("HOME", "/elsewhere");
        const Account after = thisAccount();
        qputenv("HOME", home);
        if (::getpwuid(::getuid()) == nullptr)
            QSKIP("the system does not know this account");
        QVERIFY(before == after);
    }

    void manyThreadsReadTheSame()
    {
        const Account expected = thisAccount();
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 8; ++t)
                threads.emplace_back([&] {
                    for (int i = 0; i < 200; ++i)
                        wrong += thisAccount() == expected ? 0 : 1;
                });
        }
        QCOMPARE(wrong.load(), 0);
    }
};

} // namespace millrace

QTEST_APPLESS_MAIN(millrace::TestAccount)
#include "tst_account.moc"
