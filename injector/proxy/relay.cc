#include "injector/proxy/relay.h"

#include <algorithm>
#include <limits>

#include "faults/when.h"
#include "injector/proxy/corruption.h"
#include "injector/proxy/proxy.h"

namespace shaketable::injector::proxy {

using faults::Fate;
using faults::Verdict;

namespace {

// A sender that never pauses must not keep the others waiting: neither one on a free way, nor a
// thousand that fill the room of a delay, of whom each has its turn before anybody has a second.
constexpr int reads_free = 16;
constexpr int reads_delayed = 1;
constexpr std::size_t read_delayed = std::size_t{1} << 14U;

}  // namespace

Relay::Lane::Lane(Relay& relay, Way way)
    : waiter{relay.commons().io, relay.commons().clock, relay},
      outlet{relay.commons().budget, relay.proxy_.wire(way), relay.proxy_.meter(),
             relay.dice(way == Way::request ? "pieces.request" : "pieces.response")} {}

Relay::Relay(Proxy& proxy, int client, std::uint64_t number)
    : Connection{proxy, client, number},
      lanes_{Lane{*this, Way::request}, Lane{*this, Way::response}},
      flips_{dice("flips")} {}

void Relay::start(Proxy& proxy, int client, std::uint64_t number) {
    serve(std::make_shared<Relay>(proxy, client, number)).start();
}

Task<> Relay::serve(std::shared_ptr<Relay> self) {
    self->begin_turn(self->now());
    if (!self->is_open()) co_return;
    const bool reaches_nobody = self->lane(Way::request).swallows || self->kill_at_ != never;
    if (!reaches_nobody) {
        if (!co_await self->dial(self->lane(Way::request).waiter)) co_return self->abort();
        run(self, Way::response).start();
    }
    run(self, Way::request).start();
}

Task<> Relay::run(std::shared_ptr<Relay> self, Way way) {
    Lane& lane = self->lane(way);
    bool may_read = true;
    while (self->is_open() && !lane.done) {
        const Next next = self->advance(way, self->now(), may_read);
        if (!self->is_open() || lane.done) break;
        const Events events = co_await lane.waiter.wait(next.events, &self->source(way),
                                                        &self->sink(way), next.until);
        // Whoever changes a fault waits until all connections have heard of it, not for their
        // bytes.
        may_read = (events & ~on_poke) != 0;
        if ((events & on_readable) != 0) lane.readable = true;
        if ((events & on_failed) != 0 && self->is_open()) {
            if (self->source(way).take_error() != 0) self->abort();
            break;
        }
    }
}

void Relay::begin_turn(Time now) {
    crossing_.ordinal = proxy_.sky().next_ordinal();
    crossing_.at = now;
    turn_began_ = now;
    answered_ = asked_ = false;
    epoch_ = proxy_.sky().epoch();
    apply(proxy_.sky().is_clear() ? Verdict{} : proxy_.sky().judge(edge_state_, crossing_));
    crossing_.new_connection = false;
}

void Relay::apply(const Verdict& verdict) {
    for (const Way way : both_ways) {
        lane(way).pace = pace_of(verdict, way);
        lane(way).handling = handling_of(verdict, way);
    }
    strike(verdict);
}

void Relay::strike(const Verdict& verdict) {
    lane(Way::request).swallows = verdict.fate == Fate::swallow;
    lane(Way::response).swallows =
        verdict.fate == Fate::swallow || verdict.response_fate == Fate::swallow;
    close_after_ = lane(Way::response).swallows ? verdict.close_after : forever;
    silent_since_ = now();
    // Bytes cannot be answered with an error: a reset tells the client as soon.
    if (verdict.fate == Fate::pass || verdict.fate == Fate::swallow) return;
    if (verdict.delay == Duration{0}) return abort();
    kill_at_ = std::min(kill_at_, now() + verdict.delay);
    lane(Way::request).swallows = lane(Way::response).swallows = true;
    for (Lane& one : lanes_) one.waiter.poke();
}

/// The turn goes on under another sky: its pace changes, what has become of it does not.
void Relay::refresh() {
    if (epoch_ == proxy_.sky().epoch()) return;
    epoch_ = proxy_.sky().epoch();
    const Verdict verdict =
        proxy_.sky().is_clear() ? Verdict{} : proxy_.sky().judge_again(edge_state_, crossing_);
    for (const Way way : both_ways) {
        lane(way).pace = pace_of(verdict, way);
        lane(way).handling = handling_of(verdict, way);
        lane(way).outlet.change_pace(lane(way).pace);
    }
    const bool swallowed = verdict.fate == Fate::swallow || verdict.response_fate == Fate::swallow;
    if (swallowed && lane(Way::response).swallows) close_after_ = verdict.close_after;
    if (asked_ || !server_.is_open()) return;
    // Nothing has been lost of a turn that has not begun.
    lane(Way::request).swallows = verdict.fate == Fate::swallow;
    lane(Way::response).swallows = swallowed;
}

void Relay::on_change() {
    // Who waits for bytes sees it with the next ones.
    for (Lane& one : lanes_)
        if (is_open() && (!one.outlet.is_empty() || one.outlet.next() != never || one.swallows))
            one.waiter.poke();
}

void Relay::end_if_swallowed() {
    if (kill_at_ != never || !lane(Way::response).swallows) return;
    const Verdict verdict = proxy_.sky().judge_again(edge_state_, crossing_);
    if (verdict.fate == Fate::pass && verdict.response_fate == Fate::pass) abort();
}

Relay::Next Relay::advance(Way way, Time now, bool may_read) {
    refresh();
    Lane& l = lane(way);
    if (now >= kill_at_ || now - silent_since_ >= close_after_) {
        abort();
        return {};
    }
    Next next{.until = kill_at_};
    if (close_after_ != forever)
        next.until = std::min(next.until, faults::add(silent_since_, close_after_));
    Outlet::State state = l.outlet.pump(sink(way), now);
    int reads = !may_read ? 0 : l.pace.is_free() ? reads_free : reads_delayed;
    for (; reads > 0 && is_open() && l.readable && !l.read_all; --reads) {
        if (l.pipe.held == 0 && !l.outlet.has_room(l.pace)) break;
        if (!(l.bulk ? splice_some(way, now) : read_some(way, now))) break;
    }
    if (!is_open()) return {};
    if (l.pipe.held == 0) state = l.outlet.pump(sink(way), now);
    if (state == Outlet::State::broken) {
        abort();
        return {};
    }
    if (state == Outlet::State::ended || (l.cut && l.outlet.is_empty())) {
        finish(way);
        // Nobody reads the source any more, and a reset of it must still be noticed.
        if (is_open()) next.events = on_failed;
        return next;
    }
    if (l.pipe.held > 0 || state == Outlet::State::blocked) next.events |= on_writable;
    if (state == Outlet::State::paced) next.until = std::min(next.until, l.outlet.next());
    if (!l.read_all && l.pipe.held == 0 && l.outlet.has_room(l.pace)) next.events |= on_readable;
    return next;
}

/// False: there is no more to read for now.
bool Relay::read_some(Way way, Time now) {
    Lane& l = lane(way);
    std::span<char> scratch = commons().scratch();
    if (!l.pace.is_free()) scratch = scratch.first(read_delayed);
    const Transfer got = source(way).read(scratch);
    switch (got.state) {
        case Transfer::State::moved:
            l.readable = got.bytes == scratch.size();
            on_bytes(way, scratch.first(got.bytes), now);
            l.bulk = l.readable && l.pace.is_free() && l.outlet.is_empty();
            return true;
        case Transfer::State::blocked:
            l.readable = false;
            return false;
        case Transfer::State::ended:
            on_end(way, now);
            return false;
        case Transfer::State::broken:
            abort();
            return false;
    }
    return false;
}

/// Moves what is plain bulk without looking at it.
bool Relay::splice_some(Way way, Time now) {
    Lane& l = lane(way);
    const faults::Handling& handling = l.handling;
    const bool plain = l.pace.is_free() && l.outlet.is_empty() && !l.swallows &&
                       !handling.corrupt &&
                       handling.limit == std::numeric_limits<std::int64_t>::max();
    const bool new_turn = way == Way::request && answered_;
    if (l.pipe.held == 0 && (!plain || new_turn)) {
        l.bulk = false;
        commons().pipes.give(std::move(l.pipe));
        return true;
    }
    if (!l.pipe.is_open()) l.pipe = commons().pipes.take();
    if (!l.pipe.is_open()) {
        l.bulk = false;
        return read_some(way, now);
    }
    if (l.pipe.held == 0) {
        const Transfer in = source(way).splice_to(l.pipe.in(), std::size_t{1} << 18U);
        if (!in.moved()) {
            l.bulk = false;
            commons().pipes.give(std::move(l.pipe));
            return read_some(way, now);
        }
        l.pipe.held = in.bytes;
        l.taken += static_cast<std::int64_t>(in.bytes);
        proxy_.meter().bytes[index_of(way)] += in.bytes;
        if (way == Way::response) on_answer(now);
    }
    const Transfer out = sink(way).splice_from(l.pipe.out(), l.pipe.held);
    if (out.broken()) abort();
    if (!out.moved()) return false;
    l.pipe.held -= out.bytes;
    return true;
}

void Relay::on_bytes(Way way, std::span<char> bytes, Time now) {
    if (way == Way::request && answered_) begin_turn(now);
    if (!is_open()) return;
    if (way == Way::request && !asked_) {
        asked_ = true;
        proxy_.begin_call(edge_state_);
        reached_ = !lane(Way::request).swallows;
        if (reached_) proxy_.reach(now);
    }
    Lane& l = lane(way);
    if (l.swallows) return;
    if (way == Way::response) on_answer(now);
    const std::int64_t left = std::max<std::int64_t>(0, l.handling.limit - l.taken);
    if (static_cast<std::int64_t>(bytes.size()) > left) {
        bytes = bytes.first(static_cast<std::size_t>(left));
        l.cut = l.read_all = true;
    }
    if (l.handling.corrupt) flip_bits(bytes, flips_);
    l.taken += static_cast<std::int64_t>(bytes.size());
    proxy_.meter().bytes[index_of(way)] += bytes.size();
    if (l.outlet.write(sink(way), bytes, now, l.pace, now) == Outlet::State::broken) abort();
}

void Relay::on_answer(Time now) {
    if (answered_) return;
    answered_ = true;
    if (asked_) proxy_.end_call(edge_state_, Outcome::ok, now - turn_began_, reached_);
}

void Relay::on_end(Way way, Time now) {
    Lane& l = lane(way);
    l.read_all = true;
    if (way == Way::request) gave_up_ = asked_ && !answered_;
    if (l.swallows) {
        // Who had no answer has gone; there is nothing to pass on.
        settle_open(Outcome::timeout);
        return close();
    }
    l.outlet.end(now, l.handling.close_delay);
}

void Relay::finish(Way way) {
    Lane& l = lane(way);
    commons().pipes.give(std::move(l.pipe));
    l.done = l.cut || lane(opposite(way)).outlet.has_ended();
    if (!l.done) return;
    settle_open(gave_up_ ? Outcome::timeout : Outcome::unreachable);
    close();
}

void Relay::settle_open(Outcome outcome) {
    if (asked_ && !answered_) proxy_.end_call(edge_state_, outcome, Duration{0}, reached_);
    answered_ = true;
}

void Relay::abort() {
    if (!is_open()) return;
    settle_open(Outcome::unreachable);
    client_.reset();
    server_.reset();
    close();
}

void Relay::close() {
    leave();
    for (Lane& one : lanes_) one.waiter.poke();
}

}  // namespace shaketable::injector::proxy
