// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Guarded.h"

#include <QTest>

#include <stdexcept>

namespace millrace
{

class TestGuarded : public QObject
{
    Q_OBJECT
private slots:
    void whatIsReturnedIsPassedOn()
    {
        const Result<int> number = guarded("count", [] { return 7; });
        QCOMPARE(number.value(), 7);
        const Result<void> done = guarded("work", [] {});
        QVERIFY(done);
        const Result<int> failed =
            guarded("read", []() -> Result<int> { return fail(ErrorCode::NotFound, "no file"); });
        QVERIFY(failed.error() == (Error{ErrorCode::NotFound, "no file"}));
    }

    void whatIsThrownBecomesAnError()
    {
        const auto thrown = guarded("work", [] { throw std::runtime_error("a\nb"); });
        QVERIFY(thrown.error() == (Error{ErrorCode::Internal, "work: an unexpected failure: a b"}));
        const auto full = guarded("work", []() -> int { throw std::bad_alloc(); });
        QVERIFY(full.error() == (Error{ErrorCode::ResourceExhausted, "work: not enough memory"}));
        const auto odd = guarded("work", []() -> Result<int> { throw 3; });
        QVERIFY(odd.error() == (Error{ErrorCode::Internal, "work: an unexpected failure"}));
    }
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestGuarded)
#include "tst_guarded.moc"
