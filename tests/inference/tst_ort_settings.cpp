// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/OrtSettings.h"

#include <QTest>

#include <cstdlib>

using namespace millrace;
using namespace millrace::inference;
using graph::DType;

namespace
{

class TestOrtSettings : public QObject
{
    Q_OBJECT
private slots:
    void typesGoThereAndBack()
    {
        for (const DType type :
             {DType::Float32, DType::Float64, DType::Float16, DType::BFloat16, DType::Int8,
              DType::Int16, DType::Int32, DType::Int64, DType::UInt8, DType::UInt16, DType::UInt32,
              DType::UInt64, DType::Bool, DType::String, DType::Complex64, DType::Complex128}) {
            QVERIFY2(ortType(type) != ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED,
                     std::string(graph::name(type)).c_str());
            QVERIFY2(ownType(ortType(type)) == type, std::string(graph::name(type)).c_str());
        }
        QVERIFY(ortType(DType::Int64) == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
        QVERIFY(ortType(DType::Undefined) == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED);
        QVERIFY(ownType(ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED) == DType::Undefined);
    }

    void nothingIsReportedToAnybody()
    {
        const char* set = std::getenv("ORT_DISABLE_TELEMETRY");
        QVERIFY(set != nullptr && std::string_view(set) == "1");
        QVERIFY(&environment() == &environment());
    }

    void threadsThatWaitDoNotSpin()
    {
        SessionOptions wanted;
        wanted.dims = {{"batch", 2}};
        auto options = sessionOptions(wanted);
        QCOMPARE(options.GetConfigEntry("session.intra_op.allow_spinning"), std::string("0"));
        QVERIFY(!options.HasConfigEntry("session.use_env_allocators"));
        wanted.allocation = Allocation::KeptForRuns;
        for (int again = 0; again < 2; ++again) // the process's arena is made once
            QCOMPARE(sessionOptions(wanted).GetConfigEntry("session.use_env_allocators"),
                     std::string("1"));
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestOrtSettings)
#include "tst_ort_settings.moc"
