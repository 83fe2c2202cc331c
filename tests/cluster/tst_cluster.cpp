// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Cluster.h"
#include "support/ShowString.h"

#include <QTest>

#include <functional>
#include <limits>

using namespace millrace;
using namespace millrace::cluster;

namespace
{

Device device(const std::string& name)
{
    Device device;
    device.name = device.className = name;
    device.memory.value = 1 << 20;
    return device;
}

const Link kSlow{{1e6}, {0.01}, {0}};
const Link kFast{{1e9}, {0}, {0}};

Cluster small()
{
    Cluster cluster;
    cluster.devices = {device("a"), device("b"), device("c")};
    cluster.defaultLink = {{54e6}, {0.002}, {0}};
    cluster.pairs = {{"a", "b", kSlow}, {"b", "a", kFast}, {"c", "b", kFast}};
    cluster.gateway = Gateway{"b", true};
    return cluster;
}

struct Fault {
    const char* name;
    std::function<void(Cluster&)> make;
    const char* message;
};

const std::vector<Fault>& faults()
{
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    static const std::vector<Fault> kFaults = {
        {"no devices", [](Cluster& c) { c = {}; }, "the cluster has no devices; add at least one"},
        {"too many devices",
         [](Cluster& c) {
             for (int i = 0; i < 1998; ++i)
                 c.devices.push_back(device(fmt::format("d{}", i)));
         },
         "the cluster has 2001 devices; at most 2000 are read"},
        {"name empty", [](Cluster& c) { c.devices[2].name.clear(); },
         "device \"\": a name has 1 to 64 characters and no blanks"},
        {"name too long", [](Cluster& c) { c.devices[0].name = std::string(65, 'x'); },
         "device \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\": a name has "
         "1 to 64 characters and no blanks"},
        {"name with a line break", [](Cluster& c) { c.devices[2].name = "x\ny"; },
         "device \"x y\": a name has 1 to 64 characters and no blanks"},
        {"name twice", [](Cluster& c) { c.devices[2].name = "a"; },
         "device \"a\": another device has this name; choose a different one"},
        {"class empty", [](Cluster& c) { c.devices[0].className.clear(); },
         "device \"a\": a class has 1 to 64 characters and no blanks"},
        {"memory negative", [](Cluster& c) { c.devices[0].memory.value = -1; },
         "device \"a\": memory must lie between 0 and 1024 TiB"},
        {"memory beyond all", [](Cluster& c) { c.devices[0].memory.value = (1LL << 50) + 1; },
         "device \"a\": memory must lie between 0 and 1024 TiB"},
        {"memory missing", [](Cluster& c) { c.devices[0].memory.value = 0; },
         "device \"a\": memory is missing; say what a stage may use, for example \"memory: 256 "
         "MiB\", or \"stages: false\""},
        {"speed 0", [](Cluster& c) { c.devices[0].speed = 0; },
         "device \"a\": speed must be above 0 and at most 1,000,000"},
        {"speed no number", [](Cluster& c) { c.devices[0].speed = kNaN; },
         "device \"a\": speed must be above 0 and at most 1,000,000"},
        {"port 0", [](Cluster& c) { c.devices[0].port = 0; },
         "device \"a\": port must lie between 1 and 65535"},
        {"port range", [](Cluster& c) { c.devices[0].portRange = std::pair(1, 65536); },
         "device \"a\": port_range must be FIRST-LAST between 1 and 65535"},
        {"address empty", [](Cluster& c) { c.devices[0].address = ""; },
         "device \"a\": address has 1 to 1024 printable characters"},
        {"identity file with a line break",
         [](Cluster& c) { c.devices[0].identityFile = "id\nProxyCommand x"; },
         "device \"a\": identity_file has 1 to 1024 printable characters"},
        {"default bandwidth", [](Cluster& c) { c.defaultLink.bandwidth.value = -1; },
         "the default link: bandwidth must lie between 0 and 1,000,000 Gbit/s"},
        {"default delay", [](Cluster& c) { c.defaultLink.delay.value = kNaN; },
         "the default link: delay and occupancy must lie between 0 and 1,000,000 s"},
        {"pair's bandwidth", [](Cluster& c) { c.pairs[0].link.bandwidth.value = 1e16; },
         "link a > b: bandwidth must lie between 0 and 1,000,000 Gbit/s"},
        {"pair's occupancy", [](Cluster& c) { c.pairs[0].link.occupancy = kNever; },
         "link a > b: delay and occupancy must lie between 0 and 1,000,000 s"},
        {"pair from nobody", [](Cluster& c) { c.pairs[0].from = "z"; },
         "link z > b: there is no device \"z\""},
        {"pair with itself", [](Cluster& c) { c.pairs[0].to = "a"; },
         "link a > a: a link needs two different devices"},
        {"pair twice", [](Cluster& c) { c.pairs.push_back(c.pairs[0]); },
         "link a > b: stands twice"},
        {"gateway on nobody", [](Cluster& c) { c.gateway->device = "z"; },
         "gateway: there is no device \"z\""},
    };
    return kFaults;
}

template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

} // namespace

class TestCluster : public QObject
{
    Q_OBJECT
private slots:
    void refuses_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < faults().size(); ++i)
            QTest::newRow(faults()[i].name) << static_cast<int>(i);
    }
    void refuses()
    {
        QFETCH(int, index);
        const Fault& fault = faults()[static_cast<std::size_t>(index)];
        Cluster cluster = small();
        QVERIFY(validate(cluster));
        fault.make(cluster);
        const auto ok = validate(cluster);
        QCOMPARE(errorOf(ok), std::string(fault.message));
        QVERIFY(ok.error().code == ErrorCode::InvalidArgument);
    }

    void acceptsEdges()
    {
        Cluster cluster = small();
        cluster.devices[0].name = std::string(64, 'x');
        cluster.pairs.clear();
        cluster.devices[1].stages = false;
        cluster.devices[1].memory = {};
        cluster.devices[2].speed = 1e6;
        cluster.devices[2].port = 65535;
        cluster.devices[2].portRange = std::pair(1, 1);
        cluster.defaultLink = {};
        QCOMPARE(errorOf(validate(cluster)), std::string("no error"));
    }

    void findsDevicesAndLinks()
    {
        const Cluster cluster = small();
        QVERIFY(cluster.find("c") == DeviceId(2));
        QVERIFY(!cluster.find("d") && !cluster.find(""));
        QVERIFY(cluster.link(DeviceId(0), DeviceId(1)) == kSlow);
        QVERIFY(cluster.link(DeviceId(1), DeviceId(0)) == kFast);
        QVERIFY(cluster.link(DeviceId(0), DeviceId(2)) == cluster.defaultLink);
    }

    void renameCarriesPairsAndGateway()
    {
        Device renamed = device("z");
        renamed.speed = 2;
        const auto cluster = withDevice(small(), DeviceId(1), renamed);
        QCOMPARE(errorOf(cluster), std::string("no error"));
        QVERIFY(cluster->devices[1] == renamed);
        QVERIFY((cluster->pairs ==
                 std::vector<LinkPair>{{"a", "z", kSlow}, {"z", "a", kFast}, {"c", "z", kFast}}));
        QCOMPARE(cluster->gateway->device, std::string("z"));
    }

    void editKeepsTheRest()
    {
        Device changed = small().devices[0];
        changed.memory.value = 5;
        Cluster expected = small();
        expected.devices[0] = changed;
        QVERIFY(withDevice(small(), DeviceId(0), changed).value() == expected);
    }

    void editErrors()
    {
        QCOMPARE(errorOf(withDevice(small(), DeviceId(1), device("a"))),
                 std::string("device \"a\": another device has this name; choose a different one"));
        QVERIFY(!withNewDevice(small(), device("c")));
        Device bad = device("b");
        bad.speed = -1;
        QVERIFY(!withDevice(small(), DeviceId(1), bad));
        QVERIFY(!withLink(small(), DeviceId(0), DeviceId(1), {{-1}, {}, {}}));
        QVERIFY(!withLink(small(), DeviceId(0), DeviceId(0), kFast));
    }

    void addingAndRemoving()
    {
        const Cluster more = withNewDevice(small(), device("d")).value();
        QCOMPARE(more.devices.size(), std::size_t{4});
        QVERIFY(more.devices.back() == device("d"));
        QVERIFY(withoutDevice(more, DeviceId(3)).value() == small());
        const Cluster less = withoutDevice(small(), DeviceId(1)).value();
        QVERIFY(less.pairs.empty());
        QVERIFY(!less.gateway);
        const Cluster other = withoutDevice(small(), DeviceId(0)).value();
        QVERIFY((other.pairs == std::vector<LinkPair>{{"c", "b", kFast}}));
        QCOMPARE(other.gateway->device, std::string("b"));
        Cluster one;
        one.devices = {device("a")};
        QCOMPARE(errorOf(withoutDevice(one, DeviceId(0))),
                 std::string("the cluster has no devices; add at least one"));
    }

    void links()
    {
        // Changed, added in the order of devices, and dropped when like the default.
        const Cluster changed = withLink(small(), DeviceId(0), DeviceId(1), kFast).value();
        QVERIFY(changed.link(DeviceId(0), DeviceId(1)) == kFast);
        QCOMPARE(changed.pairs.size(), std::size_t{3});
        const Cluster added = withLink(small(), DeviceId(0), DeviceId(2), kFast).value();
        QVERIFY((added.pairs[1] == LinkPair{"a", "c", kFast}));
        const Cluster back = withLink(added, DeviceId(0), DeviceId(2), small().defaultLink).value();
        QVERIFY(back == small());
        const Cluster none = withLink(small(), DeviceId(2), DeviceId(0), {}).value();
        QCOMPARE(none.link(DeviceId(2), DeviceId(0)).bandwidth.value, 0.0);
    }

    void freeNames_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("no number") << QByteArray("nuc") << QByteArray("nuc-2");
        QTest::newRow("numbered") << QByteArray("pi-1") << QByteArray("pi-2");
        QTest::newRow("number without a dash") << QByteArray("rpi4") << QByteArray("rpi-2");
        QTest::newRow("taken") << QByteArray("x-2") << QByteArray("x-4");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("-2");
        QTest::newRow("longest") << QByteArray(64, 'y') << QByteArray(62, 'y') + "-2";
    }
    void freeNames()
    {
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, name);
        Cluster cluster = small();
        cluster.devices.push_back(device("x-2"));
        cluster.devices.push_back(device("x-3"));
        const std::string free = freeDeviceName(cluster, base.toStdString());
        QCOMPARE(free, name.toStdString());
        QVERIFY(withNewDevice(cluster, device(free)));
    }
};

QTEST_APPLESS_MAIN(TestCluster)
#include "tst_cluster.moc"
