/// The writing half of one way: bytes go to the socket at their pace, and wait here until they may.
///
/// Without a fault nothing is kept and nothing allocated. What is kept is bounded: 64 KiB of one
/// way (then nobody reads for it, and the sender feels it); while a delay holds it, more, out of
/// the worker's budget, or a delay would cap the rate.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/units.h"
#include "injector/proxy/meter.h"
#include "injector/proxy/pace.h"
#include "injector/proxy/socket.h"

namespace shaketable::injector::proxy {

/// Memory for bytes that a delay holds, shared by all connections of a worker.
struct Budget {
    std::size_t most = std::size_t{256} << 20U;
    std::size_t held = 0;
};

class Outlet {
  public:
    /// `edge`: the wire that the edge's connections share, this way. `dice`: for the sizes of
    /// pieces.
    Outlet(Budget& budget, Wire& edge, EdgeMeter& meter, Random dice)
        : budget_{budget}, edge_{edge}, meter_{meter}, dice_{dice} {}
    ~Outlet();
    Outlet(const Outlet&) = delete;
    Outlet& operator=(const Outlet&) = delete;

    enum class State : std::uint8_t {
        idle,     ///< nothing waits
        paced,    ///< the next bytes, or the end, may go at `next()`
        blocked,  ///< the socket has no room
        ended,    ///< the end has been passed on
        broken,   ///< the socket is dead
    };
    /// Sends what may go now and keeps the rest. Takes all of `bytes`; whoever reads asks
    /// `has_room` first.
    State write(Socket& sink, std::span<const char> bytes, Time arrived, const Pace& pace,
                Time now);
    /// After everything, and `later` than that, comes the end.
    void end(Time arrived, Duration later) noexcept;
    /// Sends what may go now.
    State pump(Socket& sink, Time now);
    /// Faults have changed: what waits goes by the new pace, and by the shorter of both delays.
    void change_pace(const Pace& pace);

    [[nodiscard]] bool is_empty() const noexcept { return backlog_ == nullptr; }
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }
    [[nodiscard]] Time next() const noexcept { return next_; }
    [[nodiscard]] bool has_room(const Pace& pace) noexcept;
    [[nodiscard]] std::size_t held() const noexcept {
        return backlog_ ? backlog_->bytes.size() - backlog_->first : 0;
    }

  private:
    /// Bytes that came together.
    struct Mark {
        Time arrived;
        std::size_t size;
        Pace pace;
        bool released = false;  ///< its delay is over
    };
    struct Backlog {
        std::vector<char> bytes;
        std::size_t first = 0;  ///< of `bytes`, still to be sent
        std::deque<Mark> marks;
        bool stalled = false;  ///< had no room for what a delay should hold
    };
    void keep(std::span<const char> bytes, Time arrived, const Pace& pace);
    void drop(std::size_t count);
    [[nodiscard]] bool release(Mark& mark, Time now);
    void choose_piece(const Mark& mark, Time now);
    [[nodiscard]] State pump_end(Socket& sink, Time now);

    Budget& budget_;
    Wire& edge_;
    EdgeMeter& meter_;
    Random dice_;
    Wire wire_;
    std::unique_ptr<Backlog> backlog_;
    std::size_t piece_ = 0;       ///< bytes that may go at `piece_at_`; 0 = not chosen
    std::size_t slice_left_ = 0;  ///< of the slice under way
    Time piece_at_{};
    Time gap_until_{};
    Time last_due_{};  ///< of a delay: nothing overtakes
    Time next_ = never;
    Time end_at_ = never;
    bool ending_ = false, ended_ = false;
};

}  // namespace shaketable::injector::proxy
