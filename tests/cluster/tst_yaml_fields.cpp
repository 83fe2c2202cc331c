// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Units.h"
#include "cluster/YamlFields.h"
#include "support/ShowString.h"

#include <QTest>

namespace millrace::cluster
{

class TestYamlFields : public QObject
{
    Q_OBJECT
private slots:
    void readsEachKind()
    {
        const YAML::Node map =
            YAML::Load("{name: pi, on: false, speed: 0.5, memory: 2 KiB, user: ada}");
        std::string name;
        bool on = true;
        double speed = 1;
        Bytes memory;
        std::optional<std::string> user;
        QVERIFY(m_fields.text(map, "name", name));
        QVERIFY(m_fields.flag(map, "on", on));
        QVERIFY(m_fields.number(map, "speed", speed));
        QVERIFY(m_fields.quantity(map, "memory", &parseBytes, memory));
        QVERIFY(m_fields.text(map, "user", user));
        QCOMPARE(name, std::string("pi"));
        QVERIFY(!on);
        QCOMPARE(speed, 0.5);
        QVERIFY(memory == Bytes{2048});
        QVERIFY(user == "ada");
    }

    void whatIsAbsentStays()
    {
        const YAML::Node map = YAML::Load("{}");
        std::string name = "before";
        bool on = true;
        double speed = 2;
        std::optional<std::string> user;
        QVERIFY(m_fields.text(map, "name", name) && m_fields.flag(map, "on", on) &&
                m_fields.number(map, "speed", speed) && m_fields.text(map, "user", user));
        QCOMPARE(name, std::string("before"));
        QVERIFY(on && speed == 2 && !user);
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("message");
        QTest::newRow("text") << "{v: []}"
                              << "c.yaml:1:5: v: a text is needed";
        QTest::newRow("empty text") << "{v: ''}"
                                    << "c.yaml:1:5: v: a text is needed";
        QTest::newRow("flag") << "\nv: maybe"
                              << "c.yaml:2:4: v: true or false is needed";
        QTest::newRow("number") << "v: fast"
                                << "c.yaml:1:4: v: a number is needed, for example 0.5";
        QTest::newRow("infinite") << "v: .inf"
                                  << "c.yaml:1:4: v: a number is needed, for example 0.5";
    }
    void refusals()
    {
        QFETCH(QString, yaml);
        QFETCH(QString, message);
        const YAML::Node map = YAML::Load(yaml.toStdString());
        std::string text;
        bool flag = false;
        double number = 0;
        const std::string row = QTest::currentDataTag();
        const Result<void> read = row.find("text") != std::string::npos
                                      ? m_fields.text(map, "v", text)
                                  : row == "flag" ? m_fields.flag(map, "v", flag)
                                                  : m_fields.number(map, "v", number);
        QVERIFY(!read && read.error().code == ErrorCode::ParseError);
        QCOMPARE(read.error().message, message.toStdString());
    }

    void quantitiesSayWhatIsWrong()
    {
        Bytes memory;
        const auto read = m_fields.quantity(YAML::Load("m: lots"), "m", &parseBytes, memory);
        QVERIFY(!read && read.error().message.starts_with("c.yaml:1:4: m: "));
    }

    void keysAreKnownAndOnce()
    {
        QVERIFY(m_fields.keys(YAML::Load("{a: 1, b: 2}"), {"a", "b"}));
        QCOMPARE(m_fields.keys(YAML::Load("{memry: 1}"), {"memory", "speed"}).error().message,
                 std::string("c.yaml:1:2: unknown key \"memry\"; did you mean \"memory\"?"));
        QCOMPARE(m_fields.keys(YAML::Load("{zzzzzzz: 1}"), {"memory", "speed"}).error().message,
                 std::string("c.yaml:1:2: unknown key \"zzzzzzz\"; allowed are memory, speed"));
        QCOMPARE(m_fields.keys(YAML::Load("a: 1\na: 2"), {"a"}).error().message,
                 std::string("c.yaml:2:1: the key \"a\" stands twice"));
        QCOMPARE(m_fields.keys(YAML::Load("[a]"), {"a", "b"}).error().message,
                 std::string("c.yaml:1:1: a map with the keys a, b is needed"));
    }

private:
    YamlFields m_fields{"c.yaml"};
};

} // namespace millrace::cluster

QTEST_APPLESS_MAIN(millrace::cluster::TestYamlFields)
#include "tst_yaml_fields.moc"
