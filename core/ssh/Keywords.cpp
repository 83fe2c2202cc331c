// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Keywords.h"

#include <algorithm>
#include <array>

namespace millrace::ssh
{
namespace
{

struct Refusable {
    std::string_view keyword;
    std::string_view shown;
    std::string_view off; ///< the value that switches it off; "": there is none
};

constexpr std::array<Refusable, 16> kRefusable = {{
    {"bindaddress", "BindAddress", ""},
    {"bindinterface", "BindInterface", ""},
    {"canonicalizehostname", "CanonicalizeHostname", "no"},
    {"certificatefile", "CertificateFile", "none"},
    {"hostbasedauthentication", "HostbasedAuthentication", "no"},
    {"hostkeyalias", "HostKeyAlias", ""},
    {"knownhostscommand", "KnownHostsCommand", "none"},
    {"nohostauthenticationforlocalhost", "NoHostAuthenticationForLocalhost", "no"},
    {"pkcs11provider", "PKCS11Provider", "none"},
    {"preferredauthentications", "PreferredAuthentications", ""},
    {"proxycommand", "ProxyCommand", "none"},
    {"remotecommand", "RemoteCommand", "none"},
    {"revokedhostkeys", "RevokedHostKeys", "none"},
    {"securitykeyprovider", "SecurityKeyProvider", "internal"},
    {"smartcarddevice", "SmartcardDevice", "none"},
    {"verifyhostkeydns", "VerifyHostKeyDNS", "no"},
}};

constexpr std::array<std::string_view, 23> kHonoured = {
    "addressfamily",
    "ciphers",
    "connecttimeout",
    "globalknownhostsfile",
    "hashknownhosts",
    "hostkeyalgorithms",
    "hostname",
    "identitiesonly",
    "identityagent",
    "identityfile",
    "ignoreunknown",
    "include",
    "kbdinteractiveauthentication",
    "kexalgorithms",
    "macs",
    "passwordauthentication",
    "port",
    "proxyjump",
    "pubkeyacceptedalgorithms",
    "pubkeyauthentication",
    "stricthostkeychecking",
    "user",
    "userknownhostsfile",
};

constexpr std::string_view kHarmless[] = {
    "addkeystoagent",
    "batchmode",
    "canonicaldomains",
    "canonicalizefallbacklocal",
    "canonicalizemaxdots",
    "canonicalizepermittedcnames",
    "casignaturealgorithms",
    "channeltimeout",
    "checkhostip",
    "clearallforwardings",
    "compression",
    "compressionlevel",
    "connectionattempts",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "dynamicforward",
    "enableescapecommandline",
    "enablesshkeysign",
    "escapechar",
    "exitonforwardfailure",
    "fingerprinthash",
    "forkafterauthentication",
    "forwardagent",
    "forwardx11",
    "forwardx11timeout",
    "forwardx11trusted",
    "gatewayports",
    "gssapiauthentication",
    "gssapiclientidentity",
    "gssapidelegatecredentials",
    "gssapikeyexchange",
    "gssapikexalgorithms",
    "gssapirenewalforcesrekey",
    "gssapiserveridentity",
    "gssapitrustdns",
    "hostbasedacceptedalgorithms",
    "hostbasedkeytypes",
    "ipqos",
    "kbdinteractivedevices",
    "localcommand",
    "localforward",
    "loglevel",
    "logverbose",
    "numberofpasswordprompts",
    "obscurekeystroketiming",
    "permitlocalcommand",
    "permitremoteopen",
    "proxyusefdpass",
    "rekeylimit",
    "remoteforward",
    "requesttty",
    "requiredrsasize",
    "sendenv",
    "serveralivecountmax",
    "serveraliveinterval",
    "sessiontype",
    "setenv",
    "stdinnull",
    "streamlocalbindmask",
    "streamlocalbindunlink",
    "syslogfacility",
    "tag",
    "tcpkeepalive",
    "tunnel",
    "tunneldevice",
    "updatehostkeys",
    "useprivilegedport",
    "useroaming",
    "visualhostkey",
    "warnweakcrypto",
    "xauthlocation",
    "protocol",
};

const Refusable* refusable(std::string_view keyword)
{
    const auto* it = std::find_if(kRefusable.begin(), kRefusable.end(),
                                  [&](const Refusable& r) { return r.keyword == keyword; });
    return it == kRefusable.end() ? nullptr : it;
}

template <class List>
bool contains(const List& list, std::string_view keyword)
{
    return std::find(std::begin(list), std::end(list), keyword) != std::end(list);
}

} // namespace

std::optional<Disposition> dispositionOf(std::string_view keyword)
{
    if (contains(kHonoured, keyword))
        return Disposition::Honoured;
    if (refusable(keyword) != nullptr)
        return Disposition::Refusable;
    if (contains(kHarmless, keyword))
        return Disposition::Harmless;
    return {};
}

Result<void> refuseWhatCannotBe(const ConfigLine& line)
{
    const Refusable* found = refusable(line.keyword);
    if (found == nullptr || (!found->off.empty() && line.arguments.front() == found->off))
        return {};
    return fail(ErrorCode::Unsupported,
                "{}: {} cannot be honoured; give this host a section of its own without it",
                line.where, found->shown);
}

} // namespace millrace::ssh
