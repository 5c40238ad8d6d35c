// The way of answers: in the order of their requests, whoever gives them.
#include "injector/proxy/http/session.h"
#include "injector/proxy/proxy.h"

namespace shaketable::injector::proxy {

using faults::Fate;

namespace {

/// An answer of a stand-in says what it is; any other says it by its status.
Outcome outcome_of(const HttpHead& head) {
    if (const auto word = head.find("x-shaketable-outcome"))
        for (const auto& [name, outcome] : enum_names(Outcome{}))
            if (*word == name) return outcome;
    return head.status < 400 ? Outcome::ok : Outcome::error;
}

std::string_view text_of(std::uint16_t status) {
    switch (status) {
        case 400:
            return "shaketable: the request is malformed\n";
        case 414:
            return "shaketable: the request line is larger than 16 KiB\n";
        case 431:
            return "shaketable: the headers are larger than 16 KiB\n";
        case 501:
            return "shaketable: of the transfer codings only chunked is known\n";
        case 502:
            return "shaketable: the answer of the upstream is malformed\n";
        default:
            return "shaketable: an injected error\n";
    }
}

}  // namespace

Task<> Session::run_answers(std::shared_ptr<Session> self) {
    Session& s = *self;
    Lane& l = s.lane(Way::response);
    while (s.is_open()) {
        const bool ours = !s.exchanges_.empty() && s.exchanges_.front().own_status != 0;
        if (!s.exchanges_.empty() && (ours || !s.answered_last_)) {
            if (!co_await s.answer_one()) break;
        } else if (s.dialled_ && s.server_.is_open() && !l.inlet.view().empty()) {
            ++s.proxy_.meter().malformed;  // an answer that nobody asked for, or after the last one
            s.abort();
        } else if (l.ended) {
            break;
        } else {
            l.inlet.rest();
            if (!co_await s.rest(Way::response, s.dialled_)) break;
        }
    }
    if (!s.is_open() || s.tunnel_ == Tunnel::open) co_return;
    s.closing_ = true;
    s.fail_all();  // who still waits is not answered any more
    s.lane(Way::request).waiter.poke();
    (void)co_await s.end(Way::response);
}

Task<bool> Session::answer_one() {
    const Exchange exchange = exchanges_.front();
    if (exchange.silent) {
        Inlet& inlet = lane(Way::response).inlet;
        inlet.drop(inlet.view().size());
        co_return co_await rest(Way::response, true);
    }
    if (exchange.own_status != 0) co_return co_await answer_ourselves(exchange);
    if (!server_.is_open()) co_return co_await rest(Way::response, false);  // it is being dialled
    co_return co_await answer_from_upstream();
}

Task<bool> Session::answer_ourselves(Exchange exchange) {
    lane(Way::response).pace = pace_of(exchange.verdict, Way::response);
    lane(Way::response).pace.delay += exchange.verdict.delay;
    text_.clear();
    append_own_answer(text_, exchange.own_status, text_of(exchange.own_status), exchange.to_head,
                      exchange.last);
    write(Way::response, text_, exchange.began);
    if (is_open()) answered(Outcome::error, exchange);
    co_return !exchange.last;
}

Task<bool> Session::answer_from_upstream() {
    HttpHead head;
    const bool got = co_await read_head(Way::response, head);
    if (!is_open() || exchanges_.empty()) co_return false;
    const Exchange exchange = exchanges_.front();
    // It may have been struck, or found malformed, while it was waited for.
    if (exchange.silent || exchange.own_status != 0) co_return true;
    if (!got) {
        fail_all();
        co_return false;
    }
    if (exchange.verdict.response_fate == Fate::swallow) {
        exchanges_.front().silent = true;
        heard_ = now();
        co_return true;
    }
    const bool interim = head.status < 200 && head.status != 101;
    if (interim) co_return co_await pass(Way::response, head, Exchange{.to_head = true});
    const bool switches = head.status == 101;
    if (switches && !exchange.upgrades) {
        on_malformed(Way::response, 502);
        co_return true;
    }
    const Outcome outcome = outcome_of(head);
    const bool to_end = head.body.kind == BodyFrame::Kind::to_end;
    answered_last_ = head.closes && !switches;
    const bool whole = co_await pass(Way::response, head, exchange);
    if (!whole) fail_all();
    if (!whole || !is_open()) co_return false;
    answered(outcome, exchange);
    if (exchange.upgrades) {
        tunnel_ = switches ? Tunnel::open : Tunnel::none;
        lane(Way::request).waiter.poke();
    }
    if (switches) co_return co_await pass_tunnel(Way::response);
    co_return !to_end;
}

/// No answer comes any more, or the rest of one.
void Session::fail_all() {
    // A client that has gone did not want to wait; else the connection broke under it.
    const Outcome outcome = lane(Way::request).ended ? Outcome::timeout : Outcome::unreachable;
    for (const Exchange& exchange : exchanges_) count(outcome, exchange, Duration{0});
    exchanges_.clear();
}

void Session::answered(Outcome outcome, const Exchange& exchange) {
    count(outcome, exchange, now() - exchange.began + lane(Way::response).pace.delay);
    exchanges_.erase(exchanges_.begin());
    lane(Way::request).waiter.poke();
}

}  // namespace shaketable::injector::proxy
