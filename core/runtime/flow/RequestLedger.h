// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Ids.h"
#include "inference/Tensor.h"
#include "runtime/flow/Epoch.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::runtime
{

/// The answer to a request, or why there is none.
struct Reply {
    std::vector<inference::NamedTensor> outputs;
    std::string error; ///< empty: computed
};

/// What the ledger keeps of a request and does not look at.
struct Request {
    std::vector<inference::NamedTensor> inputs;
    std::chrono::steady_clock::time_point accepted;
};
using Kept = std::shared_ptr<const Request>;

/// What the gateway decides about requests, without clocks, sockets or threads; the caller guards
/// it. It promises: every accepted request is answered exactly once or fails with a reason, and
/// each client gets its answers in the order of its requests, whatever dies, breaks or comes back.
///
/// A client numbers its requests from 0. An answer is kept until the client says that it has it, so
/// that a client that dials again, by its session, gets what it misses; one that dials a gateway
/// that was started anew sends again what is unanswered.
///
/// What is under way on a pipeline that lost something is sent again in a new epoch: stages drop
/// frames of older ones, and the first answer counts.
class RequestLedger
{
public:
    using Session = std::uint64_t;
    struct Counts {
        std::uint64_t accepted = 0, answered = 0, failed = 0;
        std::uint64_t lost = 0;       ///< accepted, and their client gave up before the answer
        std::uint64_t resent = 0;     ///< sent again after a loss
        std::uint64_t duplicates = 0; ///< answers that came a second time, or to nobody
    };

    /// `incarnation` must differ from every gateway's before. At most `maxInFlight` requests are
    /// taken that are not answered, and as many of each client that it has no answer to yet.
    RequestLedger(std::uint64_t incarnation, std::size_t pipelines, std::size_t maxInFlight)
        : m_incarnation(incarnation), m_maxInFlight(maxInFlight), m_epochs(pipelines, 1)
    {
    }

    // Clients.
    /// The client is there, for the first time or again, and has every answer before `next`.
    /// InvalidArgument when it wants answers that it had said to have.
    [[nodiscard]] Result<void> arrives(Session session, std::uint64_t next);
    [[nodiscard]] bool knows(Session session) const { return m_clients.contains(session); }
    /// The number of the request that is due from it: all before are here. 0 for a stranger.
    [[nodiscard]] std::uint64_t due(Session session) const;
    [[nodiscard]] bool hasRoom(Session session) const;
    /// Takes the request that is due; one that is here already is left as it is. A client that is
    /// not known any more is InvalidArgument, and so is a number that leaves one out.
    [[nodiscard]] Result<void> accept(Session session, std::uint64_t number, Kept request);
    /// The same for one that can never be computed: answers it with the reason, in its turn.
    [[nodiscard]] Result<void> refuse(Session session, std::uint64_t number, std::string reason);
    struct Answer {
        std::uint64_t number = 0;
        std::shared_ptr<const Reply> reply;
    };
    /// The next one to give to the client, if it is there; gave() goes on to the one after.
    [[nodiscard]] std::optional<Answer> nextAnswer(Session session) const;
    void gave(Session session, std::uint64_t number);
    /// The client has every answer before `next`.
    void acknowledge(Session session, std::uint64_t next);
    /// Its connection is gone: what it sent waits for it, and is not begun meanwhile.
    void leaves(Session session);
    [[nodiscard]] bool isThere(Session session) const;
    /// It does not come back: what it has not got is given up.
    void forget(Session session);
    /// Nothing new is taken from now on; what was accepted is computed.
    void drain() { m_isDraining = true; }
    [[nodiscard]] bool isDraining() const { return m_isDraining; }

    // Pipelines.
    struct Sending {
        std::uint64_t id = 0;
        Epoch epoch;
        Kept request;
        Session session = 0;
        std::uint64_t number = 0;
    };
    [[nodiscard]] bool hasWork() const { return firstToSend().has_value(); }
    /// The oldest request that is under way nowhere: it is on this pipeline from now on.
    [[nodiscard]] std::optional<Sending> take(PipelineId pipeline);
    enum class Outcome { Answered, Failed, Duplicate };
    /// An answer came out of a pipeline. `at` tells whose request it was.
    [[nodiscard]] Outcome answered(const Epoch& epoch, std::uint64_t id, Reply reply,
                                   Sending* at = nullptr);
    /// Something that was under way on this pipeline may be lost: all of it is sent again. Says how
    /// many requests that are.
    std::size_t lost(PipelineId pipeline);
    /// What a stage says of itself. Another process than before, or a loss that it counted, or a
    /// stage that was not heard of before while requests were under way: as lost().
    std::size_t stageSeen(StageRef stage, std::uint64_t incarnation, std::uint64_t losses);

    /// Whether so many stages have said how they are: only then a change of one is noticed.
    [[nodiscard]] bool hasSeen(std::size_t stages) const { return m_stages.size() >= stages; }

    [[nodiscard]] std::size_t inFlight() const { return m_pending.size(); }
    [[nodiscard]] const Counts& counts() const { return m_counts; }

private:
    struct Client {
        bool isThere = true;
        std::uint64_t due = 0, toGive = 0, acknowledged = 0;
        std::map<std::uint64_t, std::shared_ptr<const Reply>> ready; ///< from `acknowledged` on
    };
    struct Pending {
        Session session = 0;
        std::uint64_t number = 0;
        Kept request;
        std::optional<PipelineId> on;
    };
    struct SeenStage {
        std::uint64_t incarnation = 0, losses = 0;
        bool operator==(const SeenStage&) const = default;
    };
    [[nodiscard]] std::optional<std::uint64_t> firstToSend() const;
    /// The client when `number` is due; null when the request is here already.
    [[nodiscard]] Result<Client*> expect(Session session, std::uint64_t number);

    std::uint64_t m_incarnation;
    std::size_t m_maxInFlight;
    bool m_isDraining = false;
    std::uint64_t m_nextId = 1;
    std::map<Session, Client> m_clients;
    std::map<std::uint64_t, Pending> m_pending; ///< by id: accepted, not answered
    std::set<std::uint64_t> m_toSend;           ///< of those, the ones that are under way nowhere
    std::vector<std::uint64_t> m_epochs;        ///< by pipeline
    std::map<StageRef, SeenStage> m_stages;
    Counts m_counts;
};

} // namespace millrace::runtime
