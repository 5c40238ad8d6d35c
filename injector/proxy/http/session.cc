// What both ways of an HTTP connection do alike: reading, passing on, ending.
#include "injector/proxy/http/session.h"

#include <algorithm>
#include <bit>

#include "faults/when.h"
#include "injector/proxy/corruption.h"
#include "injector/proxy/proxy.h"

namespace shaketable::injector::proxy {

using faults::Fate;
using faults::Handling;
using faults::Verdict;

namespace {

constexpr Duration lingering = std::chrono::seconds{2};

/// Of the answer to a request that is not sent on.
std::uint16_t status_of(Scan scan) noexcept {
    switch (scan) {
        case Scan::too_large:
            return 431;
        case Scan::line_too_long:
            return 414;
        case Scan::unknown_coding:
            return 501;
        default:
            return 400;
    }
}

}  // namespace

Session::Lane::Lane(Session& session, Way way)
    : waiter{session.commons().io, session.commons().clock, session},
      outlet{session.commons().budget, session.proxy_.wire(way), session.proxy_.meter(),
             session.dice(way == Way::request ? "pieces.request" : "pieces.response")} {}

Session::Session(Proxy& proxy, int client, std::uint64_t number)
    : Connection{proxy, client, number},
      lanes_{Lane{*this, Way::request}, Lane{*this, Way::response}},
      flips_{dice("flips")},
      epoch_{proxy.sky().epoch()},
      heard_{now()} {}

void Session::start(Proxy& proxy, int client, std::uint64_t number) {
    const auto session = std::make_shared<Session>(proxy, client, number);
    run_answers(session).start();
    run_requests(session).start();
}

Task<bool> Session::rest(Way way, bool for_bytes) {
    refresh();
    if (!is_open()) co_return false;
    Lane& l = lane(way);
    const Time at = now();
    Time until = std::min(kill_at_, close_at_);
    if (!exchanges_.empty() && exchanges_.front().silent &&
        exchanges_.front().verdict.close_after != forever)
        until = std::min(until, faults::add(heard_, exchanges_.front().verdict.close_after));
    if (at >= until) {
        if (at >= close_at_)
            close();
        else
            abort();
        co_return false;
    }
    const Outlet::State state =
        sink(way).is_open() ? l.outlet.pump(sink(way), at) : Outlet::State::idle;
    if (state == Outlet::State::broken) {
        abort();
        co_return false;
    }
    Events wanted = 0;
    if (state == Outlet::State::blocked) wanted |= on_writable;
    if (state == Outlet::State::paced) until = std::min(until, l.outlet.next());
    const bool reads = for_bytes && !l.ended && source(way).is_open() && l.inlet.has_room();
    if (reads) wanted |= on_readable;
    const Events events = co_await l.waiter.wait(wanted, &source(way), &sink(way), until);
    if (!is_open()) co_return false;
    if (!reads || (events & on_readable) == 0 || !source(way).is_open()) co_return true;
    const Transfer got = l.inlet.fill(source(way));
    if (got.moved()) heard_ = now();
    if (got.state == Transfer::State::ended) l.ended = true;
    if (got.broken()) abort();
    co_return is_open();
}

Task<bool> Session::more(Way way) {
    const std::size_t before = lane(way).inlet.view().size();
    while (lane(way).inlet.view().size() == before) {
        const bool ours = !exchanges_.empty() && exchanges_.front().own_status != 0;
        const bool cut_off = way == Way::request ? closing_ : ours || !server_.is_open();
        if (lane(way).ended || cut_off) co_return false;
        if (!co_await rest(way, true)) co_return false;
    }
    co_return true;
}

Task<bool> Session::read_head(Way way, HttpHead& head) {
    const bool request = way == Way::request;
    lane(way).inlet.rest();
    while (true) {
        head = {};
        const std::string_view bytes = lane(way).inlet.view();
        const Scan scan = request ? scan_request(bytes, head)
                                  : scan_response(bytes, exchanges_.front().to_head, head);
        if (scan == Scan::good) {
            lane(way).inlet.drop(head.before);
            co_return true;
        }
        if (scan != Scan::incomplete) {
            on_malformed(way, request ? status_of(scan) : 502);
            co_return false;
        }
        if (!co_await more(way)) co_return false;
    }
}

Edits Session::edits_for(Way way, const Exchange& exchange) {
    tampers_.clear();
    std::uint64_t bits = handling_of(exchange.verdict, way).tampers;
    for (; bits != 0; bits &= bits - 1)
        if (const auto* tamper = proxy_.sky().tamper(static_cast<unsigned>(std::countr_zero(bits))))
            tampers_.push_back(tamper);
    return {.tampers = tampers_,
            .held = lane(way).pace.delay,
            .hide_own = way == Way::request && proxy_.settings().hide_own};
}

Task<bool> Session::pass(Way way, const HttpHead& head, const Exchange& exchange) {
    Lane& l = lane(way);
    l.pace = pace_of(exchange.verdict, way);
    const Handling handling = handling_of(exchange.verdict, way);
    const Edits edits = edits_for(way, exchange);
    if (!edits.concern(head))
        co_return co_await pass_body(way, BodyReader{head.body}, handling, head.size, false);
    const bool bodiless = way == Way::response && (exchange.to_head || head.status < 200 ||
                                                   head.status == 204 || head.status == 304);
    const std::string* body = edits.body();
    text_.clear();
    append_edited(text_, head, edits, bodiless);
    if (body != nullptr && !bodiless) text_ += *body;
    const BodyReader reader{head.body};
    l.inlet.drop(head.size);
    write(way, text_, now());
    co_return co_await pass_body(way, reader, handling, 0, body != nullptr);
}

Task<bool> Session::pass_body(Way way, BodyReader reader, Handling handling, std::size_t before,
                              bool drop) {
    Lane& l = lane(way);
    std::size_t ready = before;
    bool begun = before == 0 && !drop;  // an edited head has gone already
    while (is_open()) {
        bool cut = false;
        while (!reader.is_done() && !cut) {
            BodyReader::Piece piece = reader.next(l.inlet.view().substr(ready));
            if (piece.size == 0) break;
            if (piece.data) {
                cut = static_cast<std::int64_t>(piece.size) > handling.limit;
                if (cut) piece.size = static_cast<std::size_t>(handling.limit);
                handling.limit -= static_cast<std::int64_t>(piece.size);
                if (handling.corrupt) flip_bits({l.inlet.data() + ready, piece.size}, flips_);
            }
            ready += piece.size;
        }
        if (reader.is_malformed()) {
            on_malformed_body(way, begun);
            co_return false;
        }
        begun |= ready > 0;
        if (!drop && ready > 0) write(way, l.inlet.view().substr(0, ready), now());
        l.inlet.drop(std::exchange(ready, std::size_t{0}));
        if (cut) {
            while (!l.outlet.is_empty())
                if (!co_await rest(way, false)) co_return false;
            close();
            co_return false;
        }
        if (reader.is_done()) co_return true;
        while (!l.outlet.has_room(l.pace))
            if (!co_await rest(way, false)) co_return false;
        if (!co_await more(way)) co_return l.ended&& reader.ends_with_connection();
    }
    co_return false;
}

Task<bool> Session::pass_tunnel(Way way) {
    const BodyReader reader{BodyFrame{.kind = BodyFrame::Kind::to_end}};
    if (!co_await pass_body(way, reader, {}, 0, false)) co_return false;
    co_return co_await end(way);
}

Task<bool> Session::end(Way way) {
    Lane& l = lane(way);
    l.outlet.end(now(),
                 handling_of(proxy_.sky().is_clear() ? Verdict{} : last_verdict_, way).close_delay);
    while (is_open()) {
        const Outlet::State state = l.outlet.pump(sink(way), now());
        if (state == Outlet::State::ended) {
            if (lane(opposite(way)).outlet.has_ended()) close();
            // The client reads its last answer, and then the end; closing at once could lose it.
            if (closing_) close_at_ = std::min(close_at_, now() + lingering);
        }
        if (!co_await rest(way, false)) break;
    }
    co_return false;
}

void Session::write(Way way, std::string_view bytes, Time arrived) {
    const bool lost = way == Way::response && !exchanges_.empty() && exchanges_.front().silent;
    if (!is_open() || !sink(way).is_open() || lost) return;
    proxy_.meter().bytes[index_of(way)] += bytes.size();
    if (lane(way).outlet.write(sink(way), bytes, arrived, lane(way).pace, now()) ==
        Outlet::State::broken)
        abort();
}

void Session::refresh() {
    if (epoch_ == proxy_.sky().epoch()) return;
    epoch_ = proxy_.sky().epoch();
    for (Exchange& exchange : exchanges_) {
        faults::Crossing crossing = crossing_;
        crossing.ordinal = exchange.ordinal;
        crossing.at = exchange.began;
        const Verdict now_is = proxy_.sky().judge_again(exchange.edge_state, crossing);
        const Fate fate = exchange.verdict.fate, back = exchange.verdict.response_fate;
        exchange.verdict = now_is;
        exchange.verdict.fate = fate;
        exchange.verdict.response_fate = back;
    }
    for (const Way way : both_ways) {
        if (exchanges_.empty())
            lane(way).pace = {};
        else
            lane(way).pace = pace_of(
                way == Way::request ? exchanges_.back().verdict : exchanges_.front().verdict, way);
        lane(way).outlet.change_pace(lane(way).pace);
    }
}

void Session::on_change() {
    for (Lane& one : lanes_)
        if (is_open()) one.waiter.poke();
}

void Session::strike(const Verdict& verdict) {
    if (verdict.fate == Fate::swallow || verdict.response_fate == Fate::swallow) {
        for (Exchange& exchange : exchanges_) {
            exchange.silent = true;
            exchange.verdict.close_after = verdict.close_after;
        }
        heard_ = now();
        return;
    }
    if (verdict.fate == Fate::pass || verdict.fate == Fate::answer_error) return;
    if (verdict.delay == Duration{0}) return abort();
    kill_at_ = std::min(kill_at_, now() + verdict.delay);
    on_change();
}

void Session::end_if_swallowed() {
    if (exchanges_.empty() || !exchanges_.front().silent) return;
    faults::Crossing crossing = crossing_;
    crossing.ordinal = exchanges_.front().ordinal;
    const Verdict verdict = proxy_.sky().judge_again(exchanges_.front().edge_state, crossing);
    if (verdict.fate == Fate::pass && verdict.response_fate == Fate::pass) abort();
}

/// Of a request whose head does not parse: it is answered by us in its turn, and is the last one.
/// Of an answer: we answer in its place.
void Session::on_malformed(Way way, std::uint16_t status) {
    ++proxy_.meter().malformed;
    closing_ = true;
    if (way == Way::request) exchanges_.push_back({.began = now()});
    Exchange& exchange = way == Way::request ? exchanges_.back() : exchanges_.front();
    exchange.own_status = status;
    exchange.last = true;
    if (way == Way::response) server_.reset();
    for (Lane& one : lanes_) one.waiter.poke();
}

/// A body does not parse. `begun`: something of its message has gone on.
void Session::on_malformed_body(Way way, bool begun) {
    if (begun || way == Way::response || exchanges_.empty() ||
        exchanges_.back().ordinal != crossing_.ordinal) {
        ++proxy_.meter().malformed;
        return abort();
    }
    count(Outcome::error, exchanges_.back(), Duration{0});
    exchanges_.pop_back();
    on_malformed(way, 400);
}

void Session::count(Outcome outcome, const Exchange& exchange, Duration took) {
    if (exchange.counted) proxy_.end_call(exchange.edge_state, outcome, took, exchange.reached);
}

void Session::abort() {
    if (!is_open()) return;
    client_.reset();
    server_.reset();
    close();
}

void Session::close() {
    if (!is_open()) return;
    fail_all();
    leave();
    for (Lane& one : lanes_) one.waiter.poke();
}

}  // namespace shaketable::injector::proxy
