// SPDX-License-Identifier: GPL-3.0-or-later
/// Links between real hosts in network namespaces, measured over the runner's transport.
#include "deploy/Probe.h"
#include "deploy/SshAccess.h"
#include "support/QuietSteps.h"
#include "support/SshCluster.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

using namespace millrace;
using namespace millrace::deploy;

class TestProbe : public QObject
{
    Q_OBJECT
private slots:
    void everyPairMeetsOnce_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {2, 3, 4, 7, 8, 13})
            QTest::addRow("%d", count) << count;
    }
    void everyPairMeetsOnce()
    {
        QFETCH(int, count);
        const auto n = static_cast<std::size_t>(count);
        const auto rounds = roundRobin(n);
        QVERIFY(rounds.size() == n - 1 + n % 2);
        std::set<std::pair<std::size_t, std::size_t>> all;
        for (const auto& round : rounds) {
            std::set<std::size_t> busy;
            for (const auto& [a, b] : round) {
                QVERIFY(a < b && b < n);
                QVERIFY(busy.insert(a).second && busy.insert(b).second);
                QVERIFY(all.emplace(a, b).second);
            }
        }
        QVERIFY(all.size() == n * (n - 1) / 2);
    }

    void eightHosts()
    {
        if (!makeHosts())
            return;
        std::string text = "millrace: cluster/1\ndevices:\n";
        for (int i = 0; i < kOpen; ++i)
            text += m_cluster->device(nameOf(i), "memory: 1 GiB");
        text += "links:\n  default: {bandwidth: 1 Mbit/s}\n";
        QElapsedTimer timer;
        timer.start();
        const auto outcome = probed(text);
        const double took = static_cast<double>(timer.elapsed()) / 1000;
        qInfo("56 links of 8 hosts: %.1f s", took);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(took < 60);
        QVERIFY(outcome->links.size() == 56);
        double worst = 0;
        for (const ProbedLink& link : outcome->links) {
            QVERIFY2(link.trouble.empty(), link.trouble.c_str());
            const double limit = std::min(rateOf(link.from), rateOf(link.to));
            worst = std::max(worst, std::abs(link.link.bandwidth.value / limit - 1));
            const auto from = outcome->cluster.find(link.from);
            const auto to = outcome->cluster.find(link.to);
            QVERIFY(outcome->cluster.link(*from, *to).bandwidth == link.link.bandwidth);
        }
        qInfo("farthest from its limit: %.1f %%", 100 * worst);
        QVERIFY(worst < 0.1);
        for (int i = 0; i < kOpen; ++i) {
            QVERIFY(m_cluster->runners(nameOf(i)).empty());
            QVERIFY(!std::filesystem::exists(m_cluster->folder(nameOf(i))));
        }
    }

    /// Of the hosts behind it only the jump host is reached from here.
    void fourHostsBehindAJumpHost()
    {
        if (!makeHosts())
            return;
        std::ofstream(m_cluster->knownHosts().parent_path() / "config")
            << "Host 10.98.0.*\n ProxyJump ada@" << m_cluster->host("n0").address
            << "\nHost *\n IdentityFile " << m_cluster->hosts().key().string() << "\n";
        std::string text = "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
        for (const char* name : {"h0", "h1", "h2", "h3"})
            text += m_cluster->device(name, "memory: 1 GiB");
        text += "links:\n  default: {bandwidth: 1 Mbit/s}\ngateway: {device: gate}\n";
        const auto outcome = probed(text);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(outcome->links.size() == 20);
        for (const ProbedLink& link : outcome->links) {
            const bool isOutside = link.from == "gate" || link.to == "gate";
            QVERIFY2(isOutside == !link.trouble.empty(), (link.from + " " + link.to).c_str());
            QVERIFY((link.link.bandwidth.value > 0) == !isOutside);
        }
    }

    void cleanupTestCase() { m_cluster.reset(); }

private:
    static constexpr int kOpen = 8;

    static std::string nameOf(int i) { return "n" + std::to_string(i); }
    static double rateOf(const std::string& name)
    {
        return 1e6 * (60 + 20 * std::atoi(name.c_str() + 1));
    }
    bool makeHosts()
    {
        if (const std::string missing = test::TestHosts::missing(); !missing.empty()) {
            QTest::qSkip(("no SSH hosts: " + missing).c_str(), __FILE__, __LINE__);
            return false;
        }
        if (m_cluster)
            return true;
        std::vector<test::TestHostOptions> hosts;
        for (int i = 0; i < kOpen; ++i)
            hosts.push_back({nameOf(i), BitsPerSecond{rateOf(nameOf(i))}, "", ""});
        for (const char* name : {"h0", "h1", "h2", "h3"})
            hosts.push_back({name, {}, "n0", ""});
        m_cluster = std::make_unique<test::SshCluster>(hosts);
        qputenv("MILLRACE_STATE", m_folder.filePath(QStringLiteral("state")).toUtf8());
        return true;
    }
    Result<ProbeOutcome> probed(const std::string& text)
    {
        ssh::UserFiles files;
        files.home = m_cluster->hosts().folder() / "client";
        files.folder = files.home / ".ssh";
        files.user = "ada";
        ssh::NoCredentials none;
        ssh::AcceptListed decision;
        SshAccess access(files, none, decision);
        test::QuietSteps quiet;
        ProbeOptions options;
        options.runner = MILLRACE_BIN "/millrace-stage";
        return probe(cluster::parseCluster(text, "test").value(), access, options, {}, quiet);
    }

    std::unique_ptr<test::SshCluster> m_cluster;
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestProbe)
#include "tst_probe.moc"
