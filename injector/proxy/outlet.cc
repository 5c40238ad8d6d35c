#include "injector/proxy/outlet.h"

#include <algorithm>

namespace shaketable::injector::proxy {

namespace {

constexpr std::size_t room = 65'536;              ///< bytes of one way that wait without a delay
constexpr std::size_t room_delayed = 16U << 20U;  ///< and at most with one
constexpr Duration lateness_max = std::chrono::milliseconds{100};

}  // namespace

Outlet::~Outlet() {
    budget_.held -= held();
}

bool Outlet::has_room(const Pace& pace) noexcept {
    const std::size_t size = held();
    if (size < room) return true;
    const bool delayed =
        pace.delay > Duration{0} || backlog_->marks.front().pace.delay > Duration{0};
    if (delayed && size < room_delayed && budget_.held < budget_.most) return true;
    if (delayed && !backlog_->stalled) {
        backlog_->stalled = true;
        ++meter_.stalls;
    }
    return false;
}

void Outlet::keep(std::span<const char> bytes, Time arrived, const Pace& pace) {
    if (bytes.empty()) return;
    if (!backlog_) backlog_ = std::make_unique<Backlog>();
    Backlog& b = *backlog_;
    if (b.first > 0 && b.first >= b.bytes.size() / 2) {
        b.bytes.erase(b.bytes.begin(), b.bytes.begin() + static_cast<std::ptrdiff_t>(b.first));
        b.first = 0;
    }
    b.bytes.insert(b.bytes.end(), bytes.begin(), bytes.end());
    b.marks.push_back({.arrived = arrived, .size = bytes.size(), .pace = pace});
    budget_.held += bytes.size();
}

void Outlet::drop(std::size_t count) {
    Backlog& b = *backlog_;
    b.first += count;
    b.marks.front().size -= count;
    budget_.held -= count;
    piece_ -= count;
    if (b.marks.front().size == 0) {
        b.marks.pop_front();
        piece_ = 0;
    }
    if (b.marks.empty()) backlog_.reset();
}

Outlet::State Outlet::write(Socket& sink, std::span<const char> bytes, Time arrived,
                            const Pace& pace, Time now) {
    if (is_empty() && pace.is_free()) {
        const Transfer sent = sink.write(bytes);
        if (sent.broken()) return State::broken;
        if (sent.bytes == bytes.size()) return State::idle;
        keep(bytes.subspan(sent.bytes), arrived, pace);
        return State::blocked;
    }
    keep(bytes, arrived, pace);
    return pump(sink, now);
}

bool Outlet::release(Mark& mark, Time now) {
    if (mark.released) return true;
    const Time due = std::max(last_due_, mark.arrived + mark.pace.delay);
    if (now < due) {
        next_ = due;
        return false;
    }
    if (mark.pace.delay > Duration{0}) meter_.go_on_late(now - due);
    last_due_ = due;
    mark.released = true;
    return true;
}

void Outlet::choose_piece(const Mark& mark, Time now) {
    std::size_t size = mark.size;
    const faults::Slicing& slicing = mark.pace.slicing;
    if (slicing.cuts()) {
        if (slice_left_ == 0) {
            const std::int64_t spread = std::min<std::int64_t>(slicing.variation, 0x7FFF'FFFF);
            const std::int64_t drawn = dice_.below(static_cast<std::uint32_t>(2 * spread + 1));
            slice_left_ =
                static_cast<std::size_t>(std::max<std::int64_t>(1, slicing.size - spread + drawn));
        }
        size = std::min(size, slice_left_);
    }
    const double rate = std::min(mark.pace.rate, mark.pace.edge_rate);
    if (rate < faults::unlimited_rate) size = std::min(size, Wire::piece(rate));
    piece_ = size;
    // From when they could have gone: what we are late ourselves must not make the wire narrower.
    // But a peer that has not read for longer gets no flood for it.
    const Time due = last_due_ == Time{} ? now : last_due_;
    const Time from = std::clamp(due, now - lateness_max, now);
    piece_at_ = std::max({gap_until_, wire_.through(from, size, mark.pace.rate),
                          edge_.through(from, size, mark.pace.edge_rate)});
}

Outlet::State Outlet::pump(Socket& sink, Time now) {
    next_ = never;
    while (backlog_) {
        Mark& mark = backlog_->marks.front();
        if (!release(mark, now)) return State::paced;
        if (piece_ == 0) choose_piece(mark, now);
        if (now < piece_at_) {
            next_ = piece_at_;
            return State::paced;
        }
        const Duration gap = mark.pace.slicing.cuts() ? mark.pace.slicing.gap : Duration{0};
        const Transfer sent = sink.write({backlog_->bytes.data() + backlog_->first, piece_});
        if (sent.broken()) return State::broken;
        if (!sent.moved()) return State::blocked;
        if (slice_left_ > 0) {
            slice_left_ -= std::min(slice_left_, sent.bytes);
            if (slice_left_ == 0) gap_until_ = now + gap;
        }
        drop(sent.bytes);
    }
    return pump_end(sink, now);
}

void Outlet::end(Time arrived, Duration later) noexcept {
    ending_ = true;
    end_at_ = arrived + later;
}

Outlet::State Outlet::pump_end(Socket& sink, Time now) {
    if (!ending_) return State::idle;
    if (now < end_at_) {
        next_ = end_at_;
        return State::paced;
    }
    if (!ended_) sink.end();
    ended_ = true;
    return State::ended;
}

void Outlet::change_pace(const Pace& pace) {
    piece_ = 0;
    slice_left_ = 0;
    piece_at_ = gap_until_ = last_due_ = Time{};
    wire_ = {};
    if (!backlog_) return;
    for (Mark& mark : backlog_->marks) {
        const Duration delay = std::min(mark.pace.delay, pace.delay);
        mark.pace = pace;
        mark.pace.delay = delay;
    }
}

}  // namespace shaketable::injector::proxy
