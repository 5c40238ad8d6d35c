/// A connection of the tcp flavour: bytes, both ways, whatever they mean.
///
/// What its faults judge as one crossing is a *turn*: what the client sends from after an answer up
/// to the next answer. The first turn begins with the connection. FIN goes on as FIN, each way by
/// itself, and RST as RST.
#pragma once

#include <array>
#include <memory>

#include "faults/verdict.h"
#include "injector/proxy/connection.h"

namespace shaketable::injector::proxy {

class Relay final : public Connection {
  public:
    static void start(Proxy& proxy, int client, std::uint64_t number);

    Relay(Proxy& proxy, int client, std::uint64_t number);

    void abort() override;
    void on_change() override;
    void strike(const faults::Verdict& verdict) override;
    void end_if_swallowed() override;

  private:
    /// One way: from its source to its sink.
    struct Lane {
        Lane(Relay& relay, Way way);
        Waiter waiter;
        Outlet outlet;
        Pipe pipe{};  ///< while bulk data runs through
        Pace pace{};
        faults::Handling handling{};
        std::int64_t taken = 0;  ///< bytes passed on since the connection began
        bool readable = false;   ///< the source may have more
        bool bulk = false;       ///< it has filled the buffer
        bool read_all = false;   ///< the source has ended, or its limit is reached
        bool cut = false;        ///< by its limit: the connection ends when all has gone out
        bool swallows = false;   ///< its bytes are lost
        bool done = false;
    };
    /// What a lane waits for.
    struct Next {
        Events events = 0;
        Time until = never;
    };

    static Task<> serve(std::shared_ptr<Relay> self);
    static Task<> run(std::shared_ptr<Relay> self, Way way);

    [[nodiscard]] Lane& lane(Way way) noexcept { return lanes_[index_of(way)]; }
    [[nodiscard]] Socket& source(Way way) noexcept {
        return way == Way::request ? client_ : server_;
    }
    [[nodiscard]] Socket& sink(Way way) noexcept { return source(opposite(way)); }

    void begin_turn(Time now);
    void apply(const faults::Verdict& verdict);
    void refresh();
    void on_answer(Time now);
    /// Everything that can be done now; what to wait for then.
    [[nodiscard]] Next advance(Way way, Time now, bool may_read);
    [[nodiscard]] bool read_some(Way way, Time now);
    [[nodiscard]] bool splice_some(Way way, Time now);
    void on_bytes(Way way, std::span<char> bytes, Time now);
    void on_end(Way way, Time now);
    void finish(Way way);
    void settle_open(Outcome outcome);
    void close();

    std::array<Lane, 2> lanes_;
    std::uint64_t epoch_ = 0;
    Random flips_;
    Time turn_began_{};
    Time silent_since_{};  ///< since when a swallowed answer has not come
    Time kill_at_ = never;
    Duration close_after_ = forever;
    bool answered_ = false;  ///< the turn has an answer
    bool asked_ = false;     ///< the turn has bytes of a request
    bool reached_ = false;   ///< and they went on
    bool gave_up_ = false;   ///< the client has ended without an answer; one may still come
};

}  // namespace shaketable::injector::proxy
