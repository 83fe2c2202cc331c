// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "cluster/Cluster.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::cluster;

namespace
{

constexpr const char* kWhole = R"(# every key there is
millrace: cluster/1
devices:
  - name: laptop
    stages: false
  - name: pi-1
    address: 10.77.0.1
    user: pi
    port: 2222
    identity_file: ~/.ssh/id one
    data_address: 10.78.0.1
    port_range: 7400-7499
    memory: 256 MiB
    class: rpi4
    speed: 0.25
    enabled: off
    emulate: yes
  - {name: pi-2, memory: 1 GB, class: rpi4}
links:
  default: {bandwidth: 54 Mbit/s, delay: 2 ms, occupancy: 10 us}
  pairs:
    - {from: pi-2, to: pi-1, bandwidth: 0}
    - {from: laptop, to: pi-1, bandwidth: 20 Mbit/s, both: true}
gateway: {device: laptop, count_hops: false}
)";

Cluster whole()
{
    Cluster cluster;
    Device laptop;
    laptop.name = laptop.className = "laptop";
    laptop.stages = false;
    Device pi1;
    pi1.name = "pi-1";
    pi1.className = "rpi4";
    pi1.memory.value = 256 << 20;
    pi1.speed = 0.25;
    pi1.enabled = false;
    pi1.emulate = true;
    pi1.address = "10.77.0.1";
    pi1.user = "pi";
    pi1.port = 2222;
    pi1.identityFile = "~/.ssh/id one";
    pi1.dataAddress = "10.78.0.1";
    pi1.portRange = std::pair(7400, 7499);
    Device pi2;
    pi2.name = "pi-2";
    pi2.className = "rpi4";
    pi2.memory.value = 1000000000;
    cluster.devices = {laptop, pi1, pi2};
    cluster.defaultLink = {{54e6}, {0.002}, {1e-5}};
    const Link slow{{20e6}, {0.002}, {1e-5}};
    cluster.pairs = {{"laptop", "pi-1", slow},
                     {"pi-1", "laptop", slow},
                     {"pi-2", "pi-1", {{0}, {0.002}, {1e-5}}}};
    cluster.gateway = Gateway{"laptop", false};
    return cluster;
}

std::string errorOf(const std::string& text)
{
    const auto cluster = parseCluster(text, "c.yaml");
    return cluster ? "no error" : cluster.error().message;
}

/// The whole file with one text replaced by another.
std::string changed(const char* from, const char* to)
{
    std::string text = kWhole;
    const auto at = text.find(from);
    if (at == std::string::npos)
        qFatal("not in the file: %s", from);
    return text.replace(at, std::string(from).size(), to);
}

struct Typo {
    const char* name;
    const char* from;
    const char* to;
    const char* message;
};

const std::vector<Typo>& typos()
{
    static const std::vector<Typo> kTypos = {
        {"no tag", "millrace: cluster/1", "",
         "c.yaml:3:1: this is no cluster file; it must have the line \"millrace: cluster/1\""},
        {"another version", "cluster/1", "cluster/2",
         "c.yaml:2:11: this is no cluster file; it must have the line \"millrace: cluster/1\""},
        {"key of the file",
         "links:", "link:", "c.yaml:19:1: unknown key \"link\"; did you mean \"links\"?"},
        {"key of a device", "memory: 256", "memroy: 256",
         "c.yaml:13:5: unknown key \"memroy\"; did you mean \"memory\"?"},
        {"key of nothing", "speed: 0.25", "temperature: 40",
         "c.yaml:15:5: unknown key \"temperature\"; allowed are name, class, memory, speed, "
         "stages, enabled, address, user, port, identity_file, data_address, port_range, emulate"},
        {"key of a link", "delay: 2 ms", "dleay: 2 ms",
         "c.yaml:20:35: unknown key \"dleay\"; did you mean \"delay\"?"},
        {"key of a pair", "both: true", "bothways: true",
         "c.yaml:23:54: unknown key \"bothways\"; allowed are from, to, bandwidth, delay, "
         "occupancy, both"},
        {"key of the gateway", "count_hops", "counthops",
         "c.yaml:24:27: unknown key \"counthops\"; did you mean \"count_hops\"?"},
        {"key twice", "speed: 0.25", "name: again", "c.yaml:15:5: the key \"name\" stands twice"},
        {"section twice", "gateway: {device: laptop, count_hops: false}", "devices: []",
         "c.yaml:24:1: the key \"devices\" stands twice"},
        {"size without a unit", "256 MiB", "256",
         "c.yaml:13:13: memory: \"256\" has no unit; write a size with B, KiB, MiB, GiB, kB, MB or "
         "GB, for example \"256 MiB\""},
        {"size in bits", "256 MiB", "256 Mbit",
         "c.yaml:13:13: memory: \"256 Mbit\" has an unknown unit; write a size with B, KiB, MiB, "
         "GiB, kB, MB or GB, for example \"256 MiB\""},
        {"size is a list", "256 MiB", "[256 MiB]",
         "c.yaml:13:13: memory: \"\" does not begin with a number; write a size with B, KiB, MiB, "
         "GiB, kB, MB or GB, for example \"256 MiB\""},
        {"no memory", "memory: 256 MiB", "speed: 1", "c.yaml:15:5: the key \"speed\" stands twice"},
        {"memory left out", "    memory: 256 MiB\n", "",
         "c.yaml:6:5: device \"pi-1\": memory is missing; say what a stage may use, for example "
         "\"memory: 256 MiB\", or \"stages: false\""},
        {"speed 0", "0.25", "0",
         "c.yaml:6:5: device \"pi-1\": speed must be above 0 and at most 1,000,000"},
        {"speed with a comma", "0.25", "\"0,25\"",
         "c.yaml:15:12: speed: a number is needed, for example 0.5"},
        {"speed not finite", "0.25", ".inf",
         "c.yaml:15:12: speed: a number is needed, for example 0.5"},
        {"flag", "enabled: off", "enabled: maybe",
         "c.yaml:16:14: enabled: true or false is needed"},
        {"port", "port: 2222", "port: 70000",
         "c.yaml:6:5: device \"pi-1\": port must lie between 1 and 65535"},
        {"port is a name", "port: 2222", "port: ssh",
         "c.yaml:9:11: port: a whole number from 1 to 65535 is needed"},
        {"port range upside down", "7400-7499", "7499-7400",
         "c.yaml:6:5: device \"pi-1\": port_range must be FIRST-LAST between 1 and 65535"},
        {"port range with more", "7400-7499", "7400-7499-7500",
         "c.yaml:12:17: port_range: FIRST-LAST is needed, for example 7400-7499"},
        {"name with a blank", "name: pi-1", "name: pi 1",
         "c.yaml:6:5: device \"pi 1\": a name has 1 to 64 characters and no blanks"},
        {"name twice", "name: pi-1", "name: pi-2",
         "c.yaml:18:12: device \"pi-2\" stands twice; names must differ"},
        {"name empty", "name: pi-1", "name:", "c.yaml:7:5: name: a text is needed"},
        {"name is a list", "name: pi-1", "name: [pi, 1]", "c.yaml:6:11: name: a text is needed"},
        {"no name", "- name: laptop\n    stages", "- stages",
         "c.yaml:4:5: device without a name; add \"name: ...\""},
        {"address empty", "10.77.0.1", "\"\"", "c.yaml:7:14: address: a text is needed"},
        {"address with a line break", "10.77.0.1", "\"10.77.0.1\\nProxyCommand x\"",
         "c.yaml:6:5: device \"pi-1\": address has 1 to 1024 printable characters"},
        {"bandwidth in bytes", "bandwidth: 20 Mbit/s", "bandwidth: 20 MB",
         "c.yaml:23:43: bandwidth: \"20 MB\" has an unknown unit; write a bandwidth with bit/s, "
         "kbit/s, Mbit/s or Gbit/s, for example \"54 Mbit/s\""},
        {"bandwidth beyond all", "54 Mbit/s", "54e9 Gbit/s",
         "c.yaml: the default link: bandwidth must lie between 0 and 1,000,000 Gbit/s"},
        {"delay negative", "2 ms", "-2 ms",
         "c.yaml:20:42: delay: \"-2 ms\" is negative; write a duration with s, ms, us, ns, min or "
         "h, for example \"2 ms\""},
        {"pair from nobody", "from: laptop", "from: laptpo",
         "c.yaml:23:14: there is no device \"laptpo\"; known are laptop, pi-1, pi-2"},
        {"pair without an end", "from: pi-2, to: pi-1", "from: pi-2",
         "c.yaml:22:7: a pair needs \"to: DEVICE\""},
        {"pair with itself", "from: pi-2, to: pi-1", "from: pi-2, to: pi-2",
         "c.yaml:22:7: a link needs two different devices"},
        {"pair twice", "from: pi-2, to: pi-1", "from: pi-1, to: laptop",
         "c.yaml:23:7: the link between laptop and pi-1 stands twice"},
        {"pairs are a map", "pairs:\n    - {from: pi-2, to: pi-1, bandwidth: 0}\n    - {from",
         "pairs:\n    {from", "c.yaml:22:5: pairs: a list is needed"},
        {"gateway on nobody", "device: laptop", "device: pi-9",
         "c.yaml:24:19: gateway: there is no device \"pi-9\"; known are laptop, pi-1, pi-2"},
        {"gateway without a device", "device: laptop, ", "",
         "c.yaml:24:10: gateway: there is no device \"\"; known are laptop, pi-1, pi-2"},
        {"gateway is a name", "{device: laptop, count_hops: false}", "laptop",
         "c.yaml:24:10: a map with the keys device, count_hops is needed"},
        {"a tab", "    stages: false", "\tstages: false",
         "c.yaml:5:1: illegal tab when looking for indentation"},
        {"a brace left open", "class: rpi4}", "class: rpi4", "c.yaml:22:5: illegal block entry"},
        {"an alias of nothing", "class: rpi4\n", "class: *rpi4\n",
         "c.yaml:14:12: the referenced anchor is not defined"},
        {"an alias", "class: rpi4\n", "class: &rpi4 rpi4\n    user: *rpi4\n",
         "c.yaml:15:11: aliases (*name) are not read; write the value out"},
        {"a second document",
         "links:", "---\nlinks:", "c.yaml:19:1: a second document begins; a cluster file has one"},
    };
    return kTypos;
}

} // namespace

class TestClusterFile : public QObject
{
    Q_OBJECT
private slots:
    void readsEveryKey()
    {
        QCOMPARE(errorOf(kWhole), std::string("no error"));
        QVERIFY(parseCluster(kWhole, "c.yaml").value() == whole());
    }

    void defaults()
    {
        const auto cluster =
            parseCluster("millrace: cluster/1\ndevices: [{name: a, memory: 1 B}]\n", "c.yaml");
        QVERIFY2(cluster, cluster ? "" : cluster.error().message.c_str());
        Device device;
        device.name = device.className = "a";
        device.memory.value = 1;
        QVERIFY((*cluster == Cluster{{device}, {}, {}, std::nullopt}));
        QVERIFY(parseCluster(changed("count_hops: false", ""), "c").value().gateway->countHops);
    }

    void bothIsOneWayWhenLeftOut()
    {
        const auto cluster = parseCluster(changed("both: true", "both: false"), "c.yaml").value();
        QCOMPARE(cluster.pairs.size(), std::size_t{2});
        QVERIFY(cluster.link(DeviceId(1), DeviceId(0)) == cluster.defaultLink);
        QCOMPARE(cluster.link(DeviceId(0), DeviceId(1)).bandwidth.value, 20e6);
    }

    void roundTrip()
    {
        const std::string text = writeCluster(whole());
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY(parseCluster(text, "c.yaml").value() == whole());
        QVERIFY2(text.find("both: true") != std::string::npos, text.c_str());
    }

    void roundTripOfNames_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"null",
                                 "Null",
                                 "NULL",
                                 "~",
                                 "true",
                                 "No",
                                 "ON",
                                 "1",
                                 "1e3",
                                 "0x10",
                                 "-",
                                 "-1",
                                 "?",
                                 ".",
                                 "...",
                                 "---",
                                 "a:b",
                                 "a:",
                                 "#a",
                                 "a#b",
                                 "&a",
                                 "*a",
                                 "!a",
                                 "%a",
                                 "@a",
                                 "`a",
                                 "{a}",
                                 "[a]",
                                 ",",
                                 "a,b",
                                 "'",
                                 "''",
                                 "\"",
                                 "\\",
                                 "\\n",
                                 "a\\",
                                 "|",
                                 ">",
                                 "=",
                                 "<<",
                                 "k\xc3\xbc"
                                 "che",
                                 "\xe6\x9c\xba"})
            QTest::newRow(name) << QByteArray(name);
    }
    void roundTripOfNames()
    {
        QFETCH(QByteArray, name);
        Cluster cluster = whole();
        Device device = cluster.devices[1];
        device.name = device.className = name.toStdString();
        device.user = device.identityFile = name.toStdString();
        cluster = withDevice(cluster, DeviceId(1), device).value();
        cluster.gateway->device = device.name;
        const std::string text = writeCluster(cluster);
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY2(parseCluster(text, "c.yaml").value() == cluster, text.c_str());
    }

    void roundTripOfFigures()
    {
        Cluster cluster = whole();
        for (const double figure : {1.0 / 3, 1e-9, 123456789.123, 1e6}) {
            cluster.devices[1].speed = figure;
            cluster.devices[2].memory.value = static_cast<std::int64_t>(figure) + 1;
            cluster.defaultLink = {{figure}, {figure / 7}, {figure / 11}};
            cluster.devices[1].speed = std::min(figure, 1e6);
            if (cluster.defaultLink.delay.value > 1e6)
                cluster.defaultLink.delay = cluster.defaultLink.occupancy = {};
            const std::string text = writeCluster(cluster);
            QCOMPARE(errorOf(text), std::string("no error"));
            QVERIFY2(parseCluster(text, "c.yaml").value() == cluster, text.c_str());
        }
    }

    void refusesTypos_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < typos().size(); ++i)
            QTest::newRow(typos()[i].name) << static_cast<int>(i);
    }
    void refusesTypos()
    {
        QFETCH(int, index);
        const Typo& typo = typos()[static_cast<std::size_t>(index)];
        QCOMPARE(errorOf(changed(typo.from, typo.to)), std::string(typo.message));
    }

    void hostile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArray& text, const char* message) {
            QTest::newRow(name) << text << QByteArray(message);
        };
        row("empty", "",
            "c.yaml:1:1: a map with the keys millrace, devices, links, gateway is needed");
        row("a list", "- a\n",
            "c.yaml:1:1: a map with the keys millrace, devices, links, gateway is needed");
        row("JSON of a problem", "{\"format\": \"millrace-problem/1\"}",
            "c.yaml:1:2: unknown key \"format\"; allowed are millrace, devices, links, gateway");
        row("no devices", "millrace: cluster/1\ndevices: []\n",
            "c.yaml:2:10: devices: a list with at least one device is needed");
        row("devices left out", "millrace: cluster/1\n",
            "c.yaml:1:1: devices: a list with at least one device is needed");
        row("a billion laughs",
            "a: &a [l, l]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\ne: [*d, *d]\n",
            "c.yaml:2:8: aliases (*name) are not read; write the value out");
        row("an alias of itself", "&a [*a]",
            "c.yaml:1:5: aliases (*name) are not read; write the "
            "value out");
        row("17 lists", QByteArray(17, '[') + QByteArray(17, ']'),
            "c.yaml:1:17: nested too deeply");
        row("a complex key", "? [a, b]\n: c\n",
            "c.yaml:1:3: unknown key \"?\"; allowed are millrace, devices, links, gateway");
        row("larger than any cluster", QByteArray((4 << 20) + 1, ' '),
            "c.yaml: larger than 4 MiB; this is no cluster file");
    }
    void hostile()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        QCOMPARE(errorOf(text.toStdString()), message.toStdString());
    }

    /// Whatever is said about them, it is said soon, and nothing breaks.
    void hostileMasses_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QByteArray head = "millrace: cluster/1\ndevices:\n";
        QTest::newRow("brackets") << QByteArray(4 << 20, '[');
        QTest::newRow("braces") << QByteArray(4 << 20, '{');
        QTest::newRow("dashes") << QByteArray("- ").repeated(2 << 20);
        QTest::newRow("indentation") << QByteArray("a:\n").repeated(1 << 20);
        QTest::newRow("question marks") << QByteArray("? ").repeated(2 << 20);
        QTest::newRow("quotes") << QByteArray(4 << 20, '"');
        QTest::newRow("bangs") << QByteArray(4 << 20, '!');
        QTest::newRow("zeros") << QByteArray(1 << 20, '\0');
        QTest::newRow("bytes that are no text") << QByteArray(1 << 20, '\xff');
        QTest::newRow("a long key") << QByteArray(1 << 20, 'k') + ": 1";
        QByteArray devices = head;
        for (int i = 0; i < 90000; ++i)
            devices += "- {name: d" + QByteArray::number(i) + ", stages: false}\n";
        QTest::newRow("devices") << devices;
    }
    void hostileMasses()
    {
        QFETCH(QByteArray, text);
        const std::string message = errorOf(text.toStdString());
        QVERIFY2(message.starts_with("c.yaml"), message.c_str());
        QVERIFY(message.size() < 1100);
    }

    /// 150 devices, every link stated: two minutes when each link is searched in a list.
    void fullMesh()
    {
        Cluster cluster;
        for (int i = 0; i < 150; ++i) {
            Device device;
            device.name = device.className = fmt::format("d{}", i);
            device.memory.value = 1;
            cluster.devices.push_back(device);
        }
        for (int from = 0; from < 150; ++from)
            for (int to = 0; to < 150; ++to)
                if (from != to)
                    cluster.pairs.push_back({fmt::format("d{}", from),
                                             fmt::format("d{}", to),
                                             {{1e6 + 1000.0 * from + to}, {}, {}}});
        const std::string text = writeCluster(cluster);
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY(parseCluster(text, "c.yaml").value() == cluster);
    }

    void readsFiles()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("c.yaml")).toStdString();
        std::ofstream(path) << kWhole;
        QVERIFY(readCluster(path).value() == whole());
        std::ofstream(path) << changed("memory: 256", "memroy: 256");
        QCOMPARE(readCluster(path).error().message,
                 path + ":13:5: unknown key \"memroy\"; did you mean \"memory\"?");
        QVERIFY(readCluster(path + ".none").error().code == ErrorCode::NotFound);
    }
};

QTEST_APPLESS_MAIN(TestClusterFile)
#include "tst_cluster_file.moc"
