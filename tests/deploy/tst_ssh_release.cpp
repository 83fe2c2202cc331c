// SPDX-License-Identifier: GPL-3.0-or-later
/// Releases over SSH on real OpenSSH servers in network namespaces: what is sent, what serves, what
/// is kept, what stays secret.
#include "SshReleaseTest.h"
#include "base/File.h"
#include "runtime/Identity.h"

#include <signal.h>

#include <thread>

using namespace millrace;
using namespace millrace::deploy;
namespace fs = std::filesystem;

class TestSshRelease : public test::SshReleaseTest
{
    Q_OBJECT
private slots:
    /// One cut has moved: only the stages beside it are sent.
    void sendsOnlyWhatHasChanged()
    {
        const auto first = deploy({2, 4});
        QCOMPARE(test::errorOf(first), std::string("no error"));
        QVERIFY(first->transfers.at("stage-1").model.value > 1'000'000);
        const auto second = deploy({2, 6});
        QCOMPARE(test::errorOf(second), std::string("no error"));
        QCOMPARE(second->transfers.at("stage-1").model.value, std::int64_t{0});
        QVERIFY(second->transfers.at("stage-2").model.value > 2'000'000);
        QVERIFY(second->transfers.at("stage-3").model.value > 1'000'000);
        for (const auto& [node, sent] : second->transfers)
            QCOMPARE(sent.program.value, std::int64_t{0});
        QVERIFY(test::serves(second->release));
        QVERIFY(!test::serves(first->release)); // replaced
        QCOMPARE(m_cluster->runners("a").size(), std::size_t{2});
    }

    void goesBackAndKeepsThree()
    {
        const auto before = current();
        const auto target = rollbackTarget(before);
        QCOMPARE(test::errorOf(target), std::string("no error"));
        test::QuietSteps quiet;
        const auto back = withAccess(
            [&](HostAccess& access) { return bringBack(*target, access, {}, {}, quiet); });
        QCOMPARE(test::errorOf(back), std::string("no error"));
        QCOMPARE(current().id, target->id);
        QVERIFY(test::serves(*target) && !test::serves(before));
        for (const int cut : {1, 3}) // the fourth removes the oldest
            QCOMPARE(test::errorOf(deploy({cut, 6})), std::string("no error"));
        QCOMPARE(folders("a").size(), std::size_t{3});
        QCOMPARE(localReleases().size(), std::size_t{3});
    }

    void crashedRunnerIsStartedAgain()
    {
        const Release release = current();
        for (const ::pid_t pid : m_cluster->host("b").processes()) {
            const auto line = readFile(fmt::format("/proc/{}/cmdline", pid)).value_or("");
            if (test::contains(line, "millrace-stage") && !test::contains(line, "--supervise") &&
                fs::read_symlink(fmt::format("/proc/{}/exe", pid)).filename() != "sshd")
                ::kill(pid, SIGKILL);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!test::serves(release), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(test::serves(release), 15000);
    }

    void secretsStaySecret()
    {
        std::string seen;
        {
            const std::jthread watcher([&seen](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    std::error_code error;
                    for (const auto& entry : fs::directory_iterator("/proc", error))
                        if (std::atoi(entry.path().filename().c_str()) > 0)
                            for (const char* what : {"cmdline", "environ"})
                                seen += readFile(entry.path() / what).value_or("");
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                }
            });
            QCOMPARE(test::errorOf(deploy({4, 7})), std::string("no error"));
        }
        QVERIFY(test::contains(seen, "millrace-stage"));
        std::vector<std::string> secrets{"PRIVATE KEY", "BEGIN CERTIFICATE"};
        int keys = 0;
        for (const fs::path& folder : secretFolders())
            for (const auto& entry : fs::recursive_directory_iterator(folder)) {
                if (!entry.is_regular_file() || entry.file_size() > 1'000'000)
                    continue;
                const std::string text = readFile(entry.path()).value();
                const bool isSecret = test::contains(text, "PRIVATE KEY") ||
                                      test::contains(text, "BEGIN CERTIFICATE");
                if (!isSecret)
                    continue;
                ++keys;
                QVERIFY2(entry.path().extension() != ".log", entry.path().c_str());
                QVERIFY2((static_cast<unsigned>(entry.status().permissions()) & 077U) == 0,
                         entry.path().c_str());
                const std::size_t line = text.find('\n') + 1;
                secrets.push_back(text.substr(line, text.find('\n', line) - line));
            }
        QVERIFY(keys > 8);
        for (const std::string& secret : secrets)
            QVERIFY2(!test::contains(seen, secret), secret.c_str());
    }

    void strangersAreRefusedEverywhere()
    {
        const Release release = current();
        const auto stranger = runtime::makeIdentity("client").value();
        for (const ReleaseNode& node : release.nodes) {
            const auto certificate = readFile(nodeFolder(release, node) / "node.crt").value();
            const runtime::GatewayAddress address{
                release.id, node.endpoint, runtime::certificateFingerprint(certificate).value(),
                stranger.certificatePem, stranger.privateKeyPem};
            const auto refused =
                runtime::StatusClient::connect(address, std::chrono::seconds(5), {});
            QVERIFY2(!refused, node.name.c_str());
            // By its own word, not because nobody is there.
            QVERIFY2(test::contains(refused.error().message, "certificate"),
                     refused.error().message.c_str());
        }
        QVERIFY(test::serves(release));
    }

    void undeployLeavesNothing()
    {
        QCOMPARE(test::errorOf(undeploy(current())), std::string("no error"));
        for (const char* host : {"a", "b", "c"}) {
            QVERIFY(m_cluster->runners(host).empty());
            QVERIFY2(!fs::exists(m_cluster->folder(host)), host);
        }
        QVERIFY(localReleases().empty());
        QVERIFY(!fs::exists(stateFolder() / "nodes"));
    }

private:
    [[nodiscard]] std::vector<fs::path> secretFolders() const
    {
        std::vector<fs::path> all{stateFolder()};
        for (const char* host : {"a", "b", "c"})
            all.push_back(m_cluster->folder(host));
        return all;
    }
};

QTEST_GUILESS_MAIN(TestSshRelease)
#include "tst_ssh_release.moc"
