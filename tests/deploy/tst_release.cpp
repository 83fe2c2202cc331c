// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "base/File.h"
#include "base/Json.h"
#include "deploy/Process.h"
#include "deploy/ReleaseIndex.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::deploy;

class TestRelease : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_state = m_folder->path().toStdString();
        qputenv("MILLRACE_STATE", m_state.c_str());
    }

    void comesBackFromItsText_data()
    {
        QTest::addColumn<bool>("hasOwner");
        QTest::newRow("deployed") << false;
        QTest::newRow("in the making") << true;
    }
    void comesBackFromItsText()
    {
        QFETCH(bool, hasOwner);
        Release release = test::smallRelease(m_state + "/releases/small-1");
        if (hasOwner)
            release.owner = {42, 43};
        const std::string text = writeRelease(release);
        const auto back = parseRelease(text, (release.folder / "release.json").string());
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == release);
        QCOMPARE(writeRelease(*back), text);
    }

    void refusesBrokenText_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* field, const char* value,
                            const char* says) {
            QTest::newRow(name) << QString::fromLatin1(field) << QString::fromLatin1(value)
                                << QString::fromLatin1(says);
        };
        row("another format", "format", "\"millrace-plan/1\"", "format");
        row("climbs out", "id", "\"../etc\"", "cannot be a folder's name");
        row("no id", "id", "\"\"", "cannot be a folder's name");
        row("sped up", "dilation", "0.5", "dilation");
        row("nodes missing", "nodes", "[]", "one for each stage and the gateway");
        row("port too large", "nodes",
            R"([{"name":"gateway","device":"g","address":"x","port":70000,"process":{"pid":1,"start_ticks":1}}])",
            "port");
        row("broken problem", "problem", "{}", "problem");
        row("broken plan", "plan", "{}", "plan");
        row("broken cluster", "cluster", "\"millrace: cluster/1\"", "devices");
        row("broken owner", "owner", "{\"pid\": -1}", "pid");
    }
    void refusesBrokenText()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QString, says);
        Json json = Json::parse(writeRelease(test::smallRelease(m_state + "/releases/small-1")));
        json[field.toStdString()] = Json::parse(value.toStdString());
        const auto release = parseRelease(json.dump(), "release.json");
        QVERIFY(!release);
        QVERIFY2(release.error().message.find(says.toStdString()) != std::string::npos,
                 release.error().message.c_str());
    }

    void foundById()
    {
        const auto none = findRelease("");
        QVERIFY(none.error().code == ErrorCode::NotFound);
        QVERIFY2(none.error().message.find("millracectl deploy") != std::string::npos,
                 none.error().message.c_str());
        keep("small-1", 100);
        keep("small-2", 300);
        keep("small-3", 200);
        std::filesystem::create_directories(m_state + "/releases/broken");
        std::ofstream(m_state + "/releases/broken/release.json") << "{";
        // Moved by hand: what it says of itself is not where it is.
        std::filesystem::copy(m_state + "/releases/small-1", m_state + "/releases/small-4");
        const auto all = localReleases();
        QCOMPARE(all.size(), std::size_t{3});
        QCOMPARE(findRelease("").value().id, std::string("small-2"));
        QCOMPARE(findRelease("small-3").value().id, std::string("small-3"));
        QCOMPARE(findRelease("small-9").error().message,
                 std::string("there is no release \"small-9\"; what there is: small-2, "
                             "small-3, small-1"));
        QVERIFY(!findRelease("../releases/small-1"));
    }

    /// A list of releases does not need what is planned, and does not fail for it.
    void headersLeaveOutThePlan()
    {
        const Release release = keep("small-1", 100);
        Json json = Json::parse(writeRelease(release));
        const auto header = parseReleaseHeader(json.dump(), release.folder / "release.json");
        QVERIFY(header);
        QCOMPARE(header->id, release.id);
        QVERIFY(header->kind == release.kind && header->standing == release.standing);
        QVERIFY(header->folder == release.folder && header->owner == release.owner);
        QCOMPARE(header->createdAt, 100.0);
        QCOMPARE(header->nodes.size(), release.nodes.size());
        for (std::size_t n = 0; n < release.nodes.size(); ++n)
            QVERIFY(header->nodes[n].name == release.nodes[n].name &&
                    header->nodes[n].device == release.nodes[n].device &&
                    header->nodes[n].process == release.nodes[n].process &&
                    header->nodes[n].endpoint == release.nodes[n].endpoint);
        QVERIFY(readRelease(*header).value() == release);
        json["problem"] = json["plan"] = "of another version";
        QVERIFY(parseReleaseHeader(json.dump(), "release.json"));
        json["id"] = "../etc";
        QVERIFY(!parseReleaseHeader(json.dump(), "release.json"));
        QVERIFY(!parseReleaseHeader("{", "release.json"));
    }

    /// By role, wherever they stand in the file.
    void nodesAreKnownByTheirRole()
    {
        Json json = Json::parse(writeRelease(test::smallRelease(m_state + "/releases/small-1")));
        std::swap(json["nodes"][0], json["nodes"][2]);
        const auto release = parseRelease(json.dump(), "release.json");
        QVERIFY(release);
        QCOMPARE(gatewayOf(*release)->device, std::string("gate"));
        const ReleaseNode* second = nodeOf(*release, {PipelineId(), 1});
        QCOMPARE(second->name, std::string("stage-2"));
        QCOMPARE(second->device, std::string("b"));
        QVERIFY(plannedStage(release->plan, *second)->device == DeviceId(2));
        QVERIFY(plannedStage(release->plan, *gatewayOf(*release)) == nullptr);
        QVERIFY(nodeOf(*release, {PipelineId(1), 0}) == nullptr);
        QCOMPARE(nodeName({PipelineId(1), 0}), std::string("pipeline-2-stage-1"));
        json["nodes"][0]["name"] = "stage-2";
        QVERIFY(!parseRelease(json.dump(), "release.json"));
    }

    void abandonedOnesAreNotListed()
    {
        keep("mine", 1, thisProcess());
        keep("nobodys", 2, ProcessId{thisProcess().pid, thisProcess().startTicks + 1});
        QCOMPARE(localReleases().size(), std::size_t{1});
        QCOMPARE(localReleases().front().id, std::string("mine"));
        QCOMPARE(abandonedReleases().size(), std::size_t{1});
        QCOMPARE(abandonedReleases().front().id, std::string("nobodys"));
    }

    void addressOfTheGateway()
    {
        const Release release = keep("small-1", 1);
        QVERIFY(gatewayAddress(release).error().message.find("client") != std::string::npos);
        QVERIFY(writePrivateFile(release.folder / "client.crt", "certificate"));
        QVERIFY(writePrivateFile(release.folder / "client.key", "key"));
        const auto address = gatewayAddress(release);
        QVERIFY(address);
        QCOMPARE(address->release, std::string("small-1"));
        QVERIFY(address->endpoint == release.nodes.back().endpoint);
        QCOMPARE(address->gatewayFingerprint, release.gatewayFingerprint);
        QCOMPARE(address->certificatePem, std::string("certificate"));
        QCOMPARE(address->privateKeyPem, std::string("key"));
    }

private:
    Release keep(const std::string& id, double createdAt, std::optional<ProcessId> owner = {}) const
    {
        Release release = test::smallRelease(m_state + "/releases/" + id);
        release.createdAt = createdAt;
        release.owner = owner;
        std::filesystem::create_directories(release.folder);
        std::ofstream(release.folder / "release.json") << writeRelease(release);
        return release;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_state;
};

QTEST_APPLESS_MAIN(TestRelease)
#include "tst_release.moc"
