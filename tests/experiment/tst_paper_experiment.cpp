// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PaperExperiment.h"
#include "onnx/Model.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <cmath>

using namespace millrace;
using namespace millrace::experiment;

namespace
{

graph::Architecture network(const QString& name)
{
    return onnx::referenceArchitecture(name.toStdString()).value();
}

Bytes mib(int count)
{
    return {std::int64_t{count} << 20U};
}

} // namespace

class TestPaperExperiment : public QObject
{
    Q_OBJECT
private slots:
    void counts_data()
    {
        QTest::addColumn<QString>("title");
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<int>("points");
        const auto row = [](const char* name, const char* title, qint64 parameters, int points) {
            QTest::newRow(name) << QString::fromLatin1(title) << parameters << points;
        };
        row("resnet50", "ResNet50", 25'636'712, 41);
        row("inceptionresnetv2", "InceptionResNetV2", 55'873'736, 105);
        row("mobilenetv2", "MobileNetV2", 3'538'984, 76);
        row("efficientnetb1", "EfficientNetB1", 7'856'239, 94);
    }
    void counts()
    {
        QFETCH(QString, title);
        QFETCH(qint64, parameters);
        QFETCH(int, points);
        const auto made = network(QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(made.name, title.toStdString());
        QCOMPARE(made.parameterCount(), std::int64_t{parameters});
        QCOMPARE(PaperModel(made, Arithmetic::Paper).candidatePoints(),
                 static_cast<std::size_t>(points));
    }

    void publishedTransfers_data()
    {
        QTest::addColumn<QString>("network");
        QTest::addColumn<int>("cap");
        QTest::addColumn<QList<double>>("mibit");
        const auto row = [](const char* network, int cap, const QList<double>& mibit) {
            QTest::addRow("%s %d", network, cap) << QString::fromLatin1(network) << cap << mibit;
        };
        row("resnet50", 64, {17.01, 17.01, 4.25});
        row("resnet50", 128, {8.51});
        row("mobilenetv2", 64, {0.532});
        row("inceptionresnetv2", 64, {14.46, 16.62, 16.62, 13.33, 13.33, 5.64});
        row("inceptionresnetv2", 128, {16.62, 13.33});
        row("inceptionresnetv2", 256, {13.33});
        row("resnet50", 256, {});
        row("inceptionresnetv2", 512, {});
    }
    void publishedTransfers()
    {
        QFETCH(QString, network);
        QFETCH(int, cap);
        QFETCH(QList<double>, mibit);
        const PaperModel model(::network(network), Arithmetic::Paper);
        const auto cuts = cheapestCuts(model.chain(mib(cap), 50));
        QVERIFY(cuts);
        QCOMPARE(static_cast<qsizetype>(cuts->size()), mibit.size());
        for (qsizetype i = 0; i < mibit.size(); ++i)
            QVERIFY(std::abs(model.transfers()[(*cuts)[static_cast<std::size_t>(i)]] - mibit[i]) <
                    0.0051);
    }

    void infeasibleOnTooFewNodes()
    {
        const PaperModel model(network(QStringLiteral("inceptionresnetv2")), Arithmetic::Paper);
        QVERIFY(!cheapestCuts(model.chain(mib(64), 5)));
        QVERIFY(cheapestCuts(model.chain(mib(64), 10)));
    }

    /// What the exact planner may do is what the published partition may do.
    void theProblemHasTheSamePartitions_data()
    {
        QTest::addColumn<QString>("network");
        QTest::addColumn<int>("cap");
        for (const char* network : {"resnet50", "inceptionresnetv2", "efficientnetb1"})
            for (const int cap : {64, 128, 256})
                QTest::addRow("%s %d", network, cap) << QString::fromLatin1(network) << cap;
    }
    void theProblemHasTheSamePartitions()
    {
        QFETCH(QString, network);
        QFETCH(int, cap);
        for (const Arithmetic arithmetic : {Arithmetic::Paper, Arithmetic::Honest}) {
            const PaperModel model(::network(network), arithmetic);
            const SegmentChain chain = model.chain(mib(cap), 5);
            const plan::Problem problem = model.problem(mib(cap), paperCluster(5, 1));
            QVERIFY(plan::validate(problem));
            for (std::size_t first = 0; first < chain.segments(); ++first) {
                std::vector<std::size_t> ends;
                chain.fitting(first, ends);
                std::vector<std::size_t> sums;
                Bytes sum;
                for (std::size_t end = first; end < chain.segments(); ++end)
                    if ((sum += problem.layers[end].weightBytes) <= problem.devices[0].memory)
                        sums.push_back(end);
                QCOMPARE(sums, ends);
            }
        }
    }

    void smallGrid()
    {
        std::vector<graph::Architecture> networks = {network(QStringLiteral("mobilenetv2")),
                                                     network(QStringLiteral("resnet50"))};
        NoProgress progress;
        PaperOptions options;
        options.trials = 3;
        const auto cells = runPaperExperiment(networks, options, {}, progress).value();
        QCOMPARE(cells.size(), std::size_t{2 * 4 * 5 * 2});
        options.threads = 1;
        const auto again = runPaperExperiment(networks, options, {}, progress).value();
        int solved = 0;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const Cell& cell = cells[c];
            QCOMPARE(cell.mean.has_value(), cell.infeasible + cell.oneNode < cell.trials);
            if (!cell.mean)
                continue;
            ++solved;
            QCOMPARE(cell.unproven, 0);
            QCOMPARE(again[c].mean->exact, cell.mean->exact);
            QCOMPARE(again[c].mean->kpath, cell.mean->kpath);
            for (const double other : {cell.mean->kpath, cell.mean->greedy})
                QVERIFY(cell.mean->exact <= other * (1 + 1e-6));
        }
        QVERIFY(solved > 15);
    }

    void cancels()
    {
        std::stop_source stop;
        stop.request_stop();
        NoProgress progress;
        const auto cells = runPaperExperiment({network(QStringLiteral("mobilenetv2"))}, {},
                                              stop.get_token(), progress);
        QVERIFY(!cells && cells.error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestPaperExperiment)
#include "tst_paper_experiment.moc"
