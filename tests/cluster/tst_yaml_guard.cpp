// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/YamlGuard.h"

#include <QTest>

#include <yaml-cpp/exceptions.h>

namespace millrace::cluster
{

class TestYamlGuard : public QObject
{
    Q_OBJECT
private slots:
    void lets_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("nothing") << QByteArray("");
        QTest::newRow("a map") << QByteArray("a: 1\nb: [1, 2]\n");
        QTest::newRow("16 deep") << QByteArray(16, '[') + QByteArray(16, ']');
    }
    void lets()
    {
        QFETCH(QByteArray, yaml);
        guardYaml(yaml.toStdString());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("17 deep") << QByteArray(17, '[') + QByteArray(17, ']');
        QTest::newRow("an alias") << QByteArray("a: &x 1\nb: *x\n");
        QTest::newRow("two documents") << QByteArray("a: 1\n---\nb: 2\n");
        QTest::newRow("brackets without end") << QByteArray(100001, '[');
        QTest::newRow("half a map") << QByteArray("{a: 1");
        QByteArray many("[");
        for (int i = 0; i < 500001; ++i)
            many += "1,";
        QTest::newRow("too many values") << many + "1]";
    }
    void refuses()
    {
        QFETCH(QByteArray, yaml);
        QVERIFY_EXCEPTION_THROWN(guardYaml(yaml.toStdString()), YAML::Exception);
    }
};

} // namespace millrace::cluster

QTEST_APPLESS_MAIN(millrace::cluster::TestYamlGuard)
#include "tst_yaml_guard.moc"
