/// A connection of the http flavour: requests, each judged by itself.
///
/// One connection of the client is one connection upstream, made when the first request goes on.
/// One coroutine reads requests and sends them on, one reads answers; between them stands the list
/// of requests that wait for their answer, at most `exchanges_max`, so pipelined requests are
/// answered in their order whoever answers them. Messages go on byte for byte unless a fault
/// rewrites them; interim answers (100, 103) and an agreed upgrade pass through. A message that is
/// malformed is answered with 400 (414, 431, 501), or 502, and the connection ends; where it has
/// begun to go on, both connections are reset. Behind a request that ends its connection none is
/// read, and no answer behind such an answer.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "injector/proxy/connection.h"
#include "injector/proxy/http/body.h"
#include "injector/proxy/http/head.h"
#include "injector/proxy/http/inlet.h"
#include "injector/proxy/http/rewrite.h"

namespace shaketable::injector::proxy {

class Session final : public Connection {
  public:
    static void start(Proxy& proxy, int client, std::uint64_t number);

    Session(Proxy& proxy, int client, std::uint64_t number);

    void abort() override;
    void on_change() override;
    void strike(const faults::Verdict& verdict) override;
    void end_if_swallowed() override;

  private:
    static constexpr std::size_t exchanges_max = 16;

    /// One way: what comes and what goes.
    struct Lane {
        Lane(Session& session, Way way);
        Waiter waiter;
        Outlet outlet;
        Inlet inlet{};
        Pace pace{};         ///< of the message that is sent on
        bool ended = false;  ///< its source sends nothing more
    };
    /// A request that waits for its answer.
    struct Exchange {
        std::uint64_t ordinal = 0;
        std::uint32_t edge_state = 0;
        Time began{};
        faults::Verdict verdict{};
        std::uint16_t own_status = 0;  ///< we answer it; 0: the upstream does
        bool counted = false;          ///< as a call
        bool reached = false;          ///< it went on to the upstream
        bool silent = false;           ///< it gets no answer
        bool to_head = false;          ///< it is a HEAD
        bool upgrades = false;         ///< it asks for another protocol
        bool last = false;             ///< the connection ends with its answer
    };
    enum class Tunnel : std::uint8_t { none, asked, open };

    static Task<> run_requests(std::shared_ptr<Session> self);
    static Task<> run_answers(std::shared_ptr<Session> self);

    [[nodiscard]] Lane& lane(Way way) noexcept { return lanes_[index_of(way)]; }
    [[nodiscard]] Socket& source(Way way) noexcept {
        return way == Way::request ? client_ : server_;
    }
    [[nodiscard]] Socket& sink(Way way) noexcept { return source(opposite(way)); }

    // Both ways. Each returns false when there is nothing more to do on this way.
    /// Sends what may go, then waits for anything to happen; reads once if `for_bytes`.
    Task<bool> rest(Way way, bool for_bytes);
    /// Waits for bytes beyond those in the inlet.
    Task<bool> more(Way way);
    /// The next head; a malformed one is answered.
    Task<bool> read_head(Way way, HttpHead& head);
    /// Sends a message on, its head and then its body.
    Task<bool> pass(Way way, const HttpHead& head, const Exchange& exchange);
    /// `before`: bytes in front of the body that go with it. `drop`: the body goes nowhere.
    Task<bool> pass_body(Way way, BodyReader reader, faults::Handling handling, std::size_t before,
                         bool drop);
    /// Bytes of another protocol, and their end.
    Task<bool> pass_tunnel(Way way);
    /// Passes the end of this way on, after all that was written.
    Task<bool> end(Way way);
    void write(Way way, std::string_view bytes, Time arrived);

    // Requests.
    Task<bool> request(const HttpHead& head);
    Task<> swallow_input();
    [[nodiscard]] Exchange judge(const HttpHead& head);
    [[nodiscard]] std::uint32_t edge_state_of(const HttpHead& head) const;

    // Answers.
    Task<bool> answer_one();
    Task<bool> answer_from_upstream();
    Task<bool> answer_ourselves(Exchange exchange);
    void fail_all();
    void answered(Outcome outcome, const Exchange& exchange);
    void count(Outcome outcome, const Exchange& exchange, Duration took);

    [[nodiscard]] Edits edits_for(Way way, const Exchange& exchange);
    void refresh();
    void on_malformed(Way way, std::uint16_t status);
    void on_malformed_body(Way way, bool begun);
    void close();

    std::array<Lane, 2> lanes_;
    std::vector<Exchange> exchanges_;  ///< oldest first
    faults::Verdict last_verdict_{};   ///< of the newest request
    std::vector<const faults::Tamper*> tampers_;
    std::string text_;  ///< heads of ours
    Random flips_;
    std::uint64_t epoch_ = 0;
    Time kill_at_ = never;   ///< reset then
    Time close_at_ = never;  ///< closed then: the client was given time to read the last answer
    Time heard_{};           ///< when bytes came last, either way
    Tunnel tunnel_ = Tunnel::none;
    bool dialled_ = false;
    bool closing_ = false;        ///< no more requests are read
    bool answered_last_ = false;  ///< the upstream said that it ends the connection
};

}  // namespace shaketable::injector::proxy
