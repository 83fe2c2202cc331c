// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Probe.h"

#include "base/Guarded.h"
#include "deploy/Process.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/UnixTime.h"
#include "deploy/steps/AllSteps.h"

#include <algorithm>
#include <sstream>
#include <thread>

namespace millrace::deploy
{
namespace
{

/// Not a plan's: a runner on each device that lets the others measure.
Release probingRelease(const cluster::Cluster& cluster)
{
    Release release;
    release.kind = ReleaseKind::Ssh;
    release.createdAt = unixSeconds();
    release.id = newReleaseId("probe", release.createdAt);
    release.folder = stateFolder() / "releases" / release.id;
    release.cluster = cluster;
    release.owner = thisProcess();
    for (const cluster::Device& device : cluster.devices)
        if (device.enabled &&
            (device.address || (cluster.gateway && cluster.gateway->device == device.name)))
            release.nodes.push_back({fmt::format("probe-{}", release.nodes.size() + 1),
                                     device.name,
                                     {},
                                     {},
                                     {},
                                     ProbeRole{}});
    return release;
}

/// Three significant digits, which is more than a measurement repeats.
double rounded(double value)
{
    return value > 0 ? std::stod(fmt::format("{:.3g}", value)) : 0;
}

class Measuring
{
public:
    Measuring(const Release& release, DeviceHosts& hosts, Seconds perLink,
              const TaskContext& context)
        : m_release(release), m_hosts(hosts), m_perLink(perLink), m_context(context)
    {
    }

    Result<std::vector<ProbedLink>> run()
    {
        const auto rounds = roundRobin(m_release.nodes.size());
        for (std::size_t r = 0; r < rounds.size(); ++r) {
            if (m_context.stop().stop_requested())
                return fail(ErrorCode::Cancelled, "interrupted while links were measured");
            m_context.progress(static_cast<double>(r) / static_cast<double>(rounds.size()));
            std::vector<std::jthread> pairs;
            for (const auto& [a, b] : rounds[r])
                pairs.emplace_back([this, a, b] {
                    if (auto done = guarded("measuring links", [&] { measure(a, b); }); !done) {
                        const std::lock_guard lock(m_mutex);
                        m_failure = done.error();
                    }
                });
            pairs.clear();
            if (m_failure)
                return tl::unexpected(*m_failure);
        }
        std::sort(m_links.begin(), m_links.end(), [](const auto& x, const auto& y) {
            return std::pair(x.from, x.to) < std::pair(y.from, y.to);
        });
        return std::move(m_links);
    }

private:
    /// Both ways; the other side dials when this one cannot.
    void measure(std::size_t a, std::size_t b)
    {
        if (!hasAddress(a))
            std::swap(a, b);
        // Of two, the one without an address must dial: nobody dials it.
        const std::size_t dials = hasAddress(b) ? a : b;
        const std::size_t listens = dials == a ? b : a;
        auto said = ask(dials, listens);
        const bool mayTurn = hasAddress(dials);
        if (!said && mayTurn && said.error().code == ErrorCode::Network)
            if (auto turned = ask(listens, dials)) {
                std::swap((*turned)[0], (*turned)[1]);
                said = std::move(turned);
            }
        const std::lock_guard lock(m_mutex);
        for (const bool isBack : {false, true}) {
            ProbedLink link;
            link.from = m_release.nodes[isBack ? listens : dials].device;
            link.to = m_release.nodes[isBack ? dials : listens].device;
            if (said)
                link.link = (*said)[isBack ? 1 : 0];
            else
                link.trouble = said.error().message;
            m_links.push_back(std::move(link));
        }
    }
    [[nodiscard]] bool hasAddress(std::size_t node) const
    {
        return m_hosts.at(m_release.nodes[node].device)->device().address.has_value();
    }
    /// From the dialling side, and to it.
    Result<std::array<cluster::Link, 2>> ask(std::size_t dials, std::size_t listens)
    {
        const ReleaseNode& node = m_release.nodes[dials];
        const std::string& peer = m_release.nodes[listens].name;
        const std::string wanted = fmt::format("{0} from {1}\n{0} to {1}\n", peer, m_perLink.value);
        const auto said =
            m_hosts.at(node.device)
                ->help("measure", {m_release.id, node.name}, m_context.stop(), wanted);
        if (!said)
            return tl::unexpected(said.error());
        std::array<cluster::Link, 2> links;
        std::istringstream lines(*said);
        for (cluster::Link& link : links) {
            std::string line;
            std::getline(lines, line);
            std::istringstream figures(line);
            if (!(figures >> link.bandwidth.value >> link.delay.value))
                return fail(ErrorCode::Network, "{}", line.empty() ? "no answer" : line);
            link.bandwidth.value = rounded(link.bandwidth.value);
            link.delay.value = rounded(link.delay.value);
        }
        return links;
    }

    const Release& m_release;
    DeviceHosts& m_hosts;
    Seconds m_perLink;
    const TaskContext& m_context;
    std::mutex m_mutex;
    std::vector<ProbedLink> m_links;
    std::optional<Error> m_failure; ///< not of a link but of the measuring itself
};

Result<cluster::Cluster> withLinks(cluster::Cluster cluster, const std::vector<ProbedLink>& links)
{
    for (const ProbedLink& link : links) {
        const auto from = cluster.find(link.from);
        const auto to = cluster.find(link.to);
        if (!from || !to)
            continue;
        cluster::Link measured = link.link;
        measured.occupancy = cluster.link(*from, *to).occupancy; // which is not measured here
        auto changed = cluster::withLink(std::move(cluster), *from, *to, measured);
        if (!changed)
            return changed;
        cluster = std::move(*changed);
    }
    return cluster;
}

} // namespace

std::vector<std::vector<std::pair<std::size_t, std::size_t>>> roundRobin(std::size_t count)
{
    const std::size_t even = count + count % 2; // whoever meets the one too many has a rest
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> rounds;
    for (std::size_t r = 0; r + 1 < even; ++r) {
        rounds.emplace_back();
        for (std::size_t i = 0; i < even / 2; ++i) {
            // All but the last sit in a circle that turns by one seat each round.
            const std::size_t a = i == 0 ? even - 1 : (r + i) % (even - 1);
            const std::size_t b = (r + even - 1 - i) % (even - 1);
            if (a < count && b < count)
                rounds.back().emplace_back(std::min(a, b), std::max(a, b));
        }
    }
    return rounds;
}

Result<ProbeOutcome> probe(const cluster::Cluster& cluster, HostAccess& access,
                           const ProbeOptions& options, std::stop_token stop, StepSink& sink)
{
    Release release = probingRelease(cluster);
    if (release.nodes.size() < 2)
        return fail(ErrorCode::InvalidArgument,
                    "fewer than two devices have an address; there is no link to measure");
    Steps steps(sink);
    Rollout rollout(std::move(release), access, options.limits);
    std::vector<ProbedLink> links;
    const auto measuring = [&](DeviceHosts& hosts,
                               const TaskContext& context) -> Result<std::string> {
        auto measured = Measuring(rollout.release, hosts, options.perLink, context).run();
        if (!measured)
            return tl::unexpected(measured.error());
        links = std::move(*measured);
        return fmt::format("{} links", links.size());
    };
    const std::vector<RecipeStep> recipe{steps::reach(rollout),
                                         steps::check(rollout, options.runner),
                                         steps::lock(rollout),
                                         steps::keys(rollout),
                                         steps::upload(rollout),
                                         steps::start(rollout),
                                         steps::measure(rollout, measuring),
                                         steps::remove(rollout)};
    const auto done = runRecipe(recipe, {options.limits.undo}, std::move(stop), steps);
    static_cast<void>(removeFolder(rollout.release.folder));
    if (!done)
        return tl::unexpected(done.error());
    auto changed = withLinks(cluster, links);
    if (!changed)
        return tl::unexpected(changed.error());
    return ProbeOutcome{std::move(*changed), rollout.facts, std::move(links)};
}

} // namespace millrace::deploy
