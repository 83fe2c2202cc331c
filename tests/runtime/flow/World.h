// SPDX-License-Identifier: GPL-3.0-or-later
/// A gateway, stages, clients and the streams between them without sockets, clocks or threads: the
/// real ledger and intakes, moved one step at a time, with everything that can go wrong as a step.
#pragma once

#include "runtime/flow/RequestLedger.h"
#include "runtime/flow/StageIntake.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace millrace::test
{

enum class Act : std::uint8_t {
    Submit,        ///< a client hands a request to its connection, dialling first if need be
    TakeRequest,   ///< the gateway takes a request off a client's connection
    Feed,          ///< the gateway sends to the first stage
    Receive,       ///< a stage takes a frame off its stream
    Compute,       ///< a stage computes
    Send,          ///< a stage sends on, dialling first if need be
    TakeAnswer,    ///< the gateway takes an answer off the last stage's stream
    GiveAnswer,    ///< the gateway gives a client its next answer
    ReadAnswer,    ///< a client reads an answer
    Acknowledge,   ///< the gateway hears what a client has
    Watch,         ///< the gateway asks a stage how it is
    StageDies,     ///< and starts anew, empty
    GatewayDies,   ///< and starts anew, empty
    StreamBreaks,  ///< between two nodes; what was on it is gone
    SenderRedials, ///< a sender gives up a stream that is not broken
    ClientLeaves,  ///< its connection breaks; it comes back with its next step
    Advance,       ///< every move that is no fault, once
};
inline constexpr int kActs = 17;

struct Step {
    Act act = Act::Submit;
    std::uint8_t who = 0; ///< which client, stage or stream, modulo their number
    bool operator==(const Step&) const = default;
};
[[nodiscard]] std::string text(const Step& step);

/// What differs from the code under test when a mistake is planted, to see the property fail.
enum class Mistake { None, LossesUncounted, GatewayNotNamed, ForgetsAcknowledged };

class World
{
public:
    static constexpr std::size_t kClients = 2, kStages = 3, kRequests = 5;

    explicit World(Mistake mistake = Mistake::None);
    void take(const Step& step);
    /// Steps of every kind but faults, in turn, until nothing moves any more.
    void settle();
    /// Empty: every client has every answer, each once, in order, the right one.
    [[nodiscard]] std::string verdict() const;

private:
    struct Frame {
        runtime::Epoch epoch;
        std::uint64_t id = 0, session = 0, number = 0;
    };
    /// From one node to the next; node 0 is the gateway, kStages + 1 the gateway again.
    struct Stream {
        bool isOpen = false, hasSent = false;
        std::deque<Frame> frames;
        runtime::StageIntake::Stream number = 0; ///< at the receiving stage
    };
    struct Stage {
        std::uint64_t incarnation = 1;
        runtime::StageIntake intake;
        std::optional<Frame> toCompute, toSend;
    };
    struct Client {
        bool isConnected = false;
        std::uint64_t toSend = 0, got = 0;
        std::deque<std::uint64_t> requests, answers, acknowledgements;
        std::deque<std::string> contents; ///< of `answers`
        std::string wrong;
    };

    void connect(std::size_t client);
    void disconnect(std::size_t client);
    void submit(std::size_t client);
    void takeRequest(std::size_t client);
    void giveAnswer(std::size_t client);
    void readAnswer(std::size_t client);
    void acknowledge(std::size_t client);
    void feed();
    void receive(std::size_t stage);
    void compute(std::size_t stage);
    void send(std::size_t stage);
    void takeAnswer();
    void watch(std::size_t stage);
    void stageDies(std::size_t stage);
    void gatewayDies();
    /// The sender of this stream finds it broken.
    void lose(std::size_t stream);
    void dial(std::size_t stream);
    void advance();

    Mistake m_mistake;
    std::uint64_t m_lives = 1; ///< of any process, for incarnations
    runtime::RequestLedger m_ledger;
    std::vector<Client> m_clients{kClients};
    std::vector<Stage> m_stages{kStages};
    std::vector<Stream> m_streams{kStages + 1};
    bool m_moved = false;
};

} // namespace millrace::test
