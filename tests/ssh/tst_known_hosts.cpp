// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ssh/KnownHosts.h"
#include "ssh/Pattern.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

// Blobs need not be keys here, only base64.
const PublicKey kEd{"ssh-ed25519", "QUFBQQ=="};
const PublicKey kOtherEd{"ssh-ed25519", "QkJCQg=="};
const PublicKey kRsa{"ssh-rsa", "Q0NDQw=="};

std::string verdictOf(const std::string& text, const PublicKey& key,
                      const std::string& name = "pi-1")
{
    const Verdict verdict = judge(parseKnownHosts(text, "kh", name), key);
    if (const auto* changed = std::get_if<KeyChanged>(&verdict))
        return "changed " + std::to_string(changed->known.line);
    if (const auto* revoked = std::get_if<KeyRevoked>(&verdict))
        return "revoked " + std::to_string(revoked->revoked.line);
    if (const auto* needed = std::get_if<CertificateNeeded>(&verdict))
        return "certificate " + std::to_string(needed->authority.line);
    return std::holds_alternative<KeyKnown>(verdict) ? "known" : "unknown";
}

} // namespace

class TestKnownHosts : public QObject
{
    Q_OBJECT
private slots:
    void verdicts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* name, const char* text, const char* verdict) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(verdict);
        };
        row("empty", "", "unknown");
        row("comment", "# pi-1 ssh-ed25519 QUFBQQ==\n", "unknown");
        row("known", "pi-1 ssh-ed25519 QUFBQQ== a comment\n", "known");
        row("no line end, tabs, CR", "\n\tpi-1\tssh-ed25519\tQUFBQQ==\r", "known");
        row("other host", "pi-10 ssh-ed25519 QUFBQQ==\n", "unknown");
        row("list", "a,pi-1,b ssh-ed25519 QUFBQQ==\n", "known");
        row("wildcards", "p?-* ssh-ed25519 QUFBQQ==\n", "known");
        row("negated", "pi-*,!pi-1 ssh-ed25519 QUFBQQ==\n", "unknown");
        row("case", "PI-1 ssh-ed25519 QUFBQQ==\n", "known");
        row("another port", "[pi-1]:2222 ssh-ed25519 QUFBQQ==\n", "unknown");
        row("changed", "\npi-1 ssh-ed25519 QkJCQg==\n", "changed 2");
        row("known beside an older key", "pi-1 ssh-ed25519 QkJCQg==\npi-1 ssh-ed25519 QUFBQQ==\n",
            "known");
        row("another type only", "pi-1 ssh-rsa Q0NDQw==\n", "changed 1");
        row("same type named first", "pi-1 ssh-rsa Q0NDQw==\npi-1 ssh-ed25519 QkJCQg==\n",
            "changed 2");
        row("revoked", "pi-1 ssh-ed25519 QUFBQQ==\n@revoked * ssh-ed25519 QUFBQQ==\n", "revoked 2");
        row("another key revoked", "@revoked * ssh-ed25519 QkJCQg==\n", "unknown");
        row("authority", "@cert-authority * ssh-ed25519 QUFBQQ==\n", "certificate 1");
        row("authority and plain key",
            "@cert-authority * ssh-rsa Q0NDQw==\npi-1 ssh-ed25519 QUFBQQ==\n", "known");
        row("unknown marker", "@new pi-1 ssh-ed25519 QUFBQQ==\n", "unknown");
        row("not base64", "pi-1 ssh-ed25519 QUFB$Q==\n", "unknown");
        row("no key", "pi-1 ssh-ed25519\npi-1\n@revoked\n", "unknown");
        // printf pi-1 | openssl dgst -sha1 -mac HMAC -macopt hexkey:000102...13 -binary | base64
        row("hashed",
            "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|DHC2azg1LwYMeMz9AUlt8wBWrHw= ssh-ed25519 QUFBQQ==\n",
            "known");
        row("hashed, another",
            "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|AAECAwQFBgcICQoLDA0ODxAREhM= "
            "ssh-ed25519 QUFBQQ==\n",
            "unknown");
        row("hashed, broken", "|1|AAEC ssh-ed25519 QUFBQQ==\n|1| x y\n|1 x y\n", "unknown");
    }
    void verdicts()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, verdict);
        QCOMPARE(verdictOf(text.toStdString(), kEd), verdict.toStdString());
    }

    void names()
    {
        QCOMPARE(knownHostsName("Pi-1", 22), std::string("pi-1"));
        QCOMPARE(knownHostsName("Pi-1", 2222), std::string("[pi-1]:2222"));
        QCOMPARE(verdictOf("[pi-1]:2222 ssh-ed25519 QUFBQQ==", kEd, "[pi-1]:2222"),
                 std::string("known"));
    }

    void fingerprints()
    {
        // printf AAAA | sha256sum, in base64
        QCOMPARE(fingerprint(kEd),
                 std::string("SHA256:Y8HdlR/+329/2WitTvo5uO1YTxYvRucVEU7hhPjekgE"));
        QCOMPARE(fingerprint({"ssh-rsa", "?"}), std::string());
    }

    void knownTypesAreAskedForFirst()
    {
        QVERIFY(hostKeyAlgorithms({}).starts_with("ssh-ed25519,"));
        const auto rsa = hostKeyAlgorithms(parseKnownHosts("h ssh-rsa Q0NDQw==", "kh", "h"));
        QVERIFY(rsa.starts_with("rsa-sha2-512,rsa-sha2-256,ssh-ed25519,"));
    }

    void appends_data()
    {
        QTest::addColumn<bool>("hashed");
        QTest::newRow("plain") << false;
        QTest::newRow("hashed") << true;
    }
    void appends()
    {
        QFETCH(bool, hashed);
        const QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "ssh" / "known";
        const auto names = hashed ? HostNames::Hashed : HostNames::Plain;
        QVERIFY(appendKnownHost(file, "pi-1", kEd, names));
        std::ofstream(file, std::ios::app) << "# no line end";
        QVERIFY(appendKnownHost(file, "[pi-2]:22000", kOtherEd, names));
        const auto text = readFile(file).value();
        QCOMPARE(verdictOf(text, kEd), std::string("known"));
        QCOMPARE(verdictOf(text, kOtherEd, "[pi-2]:22000"), std::string("known"));
        QCOMPARE(text.find("pi-1") == std::string::npos, hashed);
        QVERIFY(text.find("\n# no line end\n") != std::string::npos);
        QCOMPARE(static_cast<int>(std::filesystem::status(file).permissions()), 0600);
        QCOMPARE(static_cast<int>(std::filesystem::status(file.parent_path()).permissions()), 0700);
        const auto read = readKnownHosts({file, file.parent_path() / "none"}, "pi-1");
        QVERIFY(read && read->size() == 1 && read->front().file == file);
        QVERIFY(readKnownHosts({file.parent_path()}, "pi-1").error().code == ErrorCode::Io);
        QVERIFY(appendKnownHost("/proc/none/known", "h", kRsa, names).error().code ==
                ErrorCode::Io);
    }

    void patternsStayFast()
    {
        QVERIFY(!matchesPattern(std::string(2000, 'a'), std::string(200, '*') + "b"));
        std::string stars;
        for (int i = 0; i < 300; ++i)
            stars += "a*";
        QVERIFY(!matchesPattern(std::string(20000, 'a'), stars + "b"));
        QVERIFY(matchesPattern("", "*") && !matchesPattern("", "?") && matchesPattern("ab", "a?"));
    }
};

QTEST_APPLESS_MAIN(TestKnownHosts)
#include "tst_known_hosts.moc"
