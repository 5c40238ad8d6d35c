// The way of requests: read, judged, sent on.
#include <algorithm>
#include <charconv>

#include "injector/proxy/http/session.h"
#include "injector/proxy/proxy.h"

namespace shaketable::injector::proxy {

using faults::Fate;
using faults::Verdict;

Task<> Session::run_requests(std::shared_ptr<Session> self) {
    Session& s = *self;
    Lane& l = s.lane(Way::request);
    while (s.is_open() && !s.closing_) {
        if (s.exchanges_.size() >= exchanges_max) {
            (void)co_await s.rest(Way::request, false);  // until an answer makes room
            continue;
        }
        HttpHead head;
        if (!co_await s.read_head(Way::request, head)) break;
        if (!co_await s.request(head)) break;
    }
    if (s.tunnel_ != Tunnel::none || !s.is_open()) co_return;
    // It may have said that it asks nothing more: what comes all the same is no request.
    while (s.is_open() && !l.ended && !s.closing_) {
        l.inlet.drop(l.inlet.view().size());
        if (!co_await s.rest(Way::request, true)) co_return;
    }
    if (l.ended && !s.closing_) {
        // The client has nothing more to ask and may still want its answers.
        if (!s.dialled_ && s.exchanges_.empty()) co_return s.close();
        if (s.dialled_) (void)co_await s.end(Way::request);
    }
    co_await s.swallow_input();
}

/// What comes is of no use any more; that the client goes away is.
Task<> Session::swallow_input() {
    Lane& l = lane(Way::request);
    while (is_open()) {
        l.inlet.drop(l.inlet.view().size());
        if (l.ended && (exchanges_.empty() || exchanges_.front().silent)) co_return close();
        if (!co_await rest(Way::request, true)) co_return;
    }
}

std::uint32_t Session::edge_state_of(const HttpHead& head) const {
    const std::vector<std::uint32_t>& ours = proxy_.settings().edge_states;
    const model::Model* model = proxy_.model();
    if (ours.empty() || model == nullptr) return edge_state_;
    if (const auto named = head.find(edge_name)) {
        std::uint32_t state = 0;
        std::from_chars(named->data(), named->data() + named->size(), state);
        if (std::find(ours.begin(), ours.end(), state) != ours.end()) return state;
    }
    for (const std::uint32_t state : ours) {
        const model::EndpointPlan& endpoint =
            model->endpoints[model->edges[model->edge_states[state].edge].endpoint];
        if (endpoint.path == head.path() &&
            (endpoint.method.empty() || endpoint.method == head.method))
            return state;
    }
    return edge_state_;
}

Session::Exchange Session::judge(const HttpHead& head) {
    crossing_.ordinal = proxy_.sky().next_ordinal();
    crossing_.at = now();
    edge_state_ = edge_state_of(head);
    Exchange exchange{.ordinal = crossing_.ordinal,
                      .edge_state = edge_state_,
                      .began = crossing_.at,
                      .counted = true,
                      .to_head = head.method == "HEAD",
                      .upgrades = head.upgrade};
    if (!proxy_.sky().is_clear()) {
        faults::Crossing crossing = crossing_;
        crossing.bytes = static_cast<std::uint32_t>(std::min<std::int64_t>(
            static_cast<std::int64_t>(head.size) + head.body.length, 0xFFFF'FFFF));
        crossing.method = head.method;
        crossing.path = head.path();
        crossing.headers = head.headers;
        exchange.verdict = proxy_.sky().judge(edge_state_, crossing);
    }
    crossing_.new_connection = false;
    last_verdict_ = exchange.verdict;
    proxy_.begin_call(edge_state_);
    return exchange;
}

/// False: no other request comes after this one.
Task<bool> Session::request(const HttpHead& head) {
    refresh();
    Exchange exchange = judge(head);
    const Fate fate = exchange.verdict.fate;
    exchange.silent = fate == Fate::swallow;
    if (fate == Fate::answer_error) {
        exchange.own_status = exchange.verdict.status;
        exchange.last = head.closes || head.expects_continue || head.upgrade;
    }
    exchange.reached = fate == Fate::pass;
    if (exchange.reached) proxy_.reach(exchange.began);
    heard_ = now();
    exchanges_.push_back(exchange);
    lane(Way::response).waiter.poke();
    if (fate == Fate::answer_error && !exchange.last && is_open()) {
        const BodyReader reader{head.body};
        lane(Way::request).inlet.drop(head.size);
        co_return co_await pass_body(Way::request, reader, {}, 0, true);
    }
    if (fate == Fate::reset || fate == Fate::refuse) strike(exchange.verdict);
    if (fate != Fate::pass || !is_open()) {
        closing_ = true;
        co_return false;
    }
    if (!dialled_) {
        dialled_ = true;
        if (!co_await dial(lane(Way::request).waiter)) {
            abort();
            co_return false;
        }
        lane(Way::response).waiter.poke();
    }
    if (head.upgrade) tunnel_ = Tunnel::asked;
    if (!co_await pass(Way::request, head, exchange)) co_return false;
    while (tunnel_ == Tunnel::asked && !closing_)
        if (!co_await rest(Way::request, false)) co_return false;
    if (tunnel_ == Tunnel::asked) tunnel_ = Tunnel::none;  // there will be no answer
    if (tunnel_ == Tunnel::none) co_return !head.closes;
    co_return co_await pass_tunnel(Way::request);
}

}  // namespace shaketable::injector::proxy
