// The stand-in's side of its connections: accept, read requests, write answers.
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "injector/http/message.h"
#include "injector/standin/replica.h"

namespace shaketable::injector {

using model::EdgePlan;
using model::EndpointPlan;

void Replica::on_accept() {
    while (true) {
        Descriptor fd{
            ::accept4(task_.listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (!fd.is_open()) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            // Out of descriptors, the rest waits until one is given back.
            accept_later_ = errno != EAGAIN;
            return;
        }
        Socket socket{std::move(fd)};
        if (sessions_.live() >= task_.sessions_max) {
            socket.reset();
            continue;
        }
        const Index index = sessions_.take();
        Session& session = sessions_[index];
        session.socket = std::move(socket);
        session.reader = RequestReader{};
        session.reader.restart();
        session.walker = none;
        session.generation = generation_ = generation_ % 0xFF'FFFFU + 1;
        session.unread = false;
        session.finished = false;
        session.ending = false;
        const Token token{Token::Kind::session, session.generation, index};
        if (!run_.poller.add(session.socket.fd(), token)) close_session(index);
    }
}

void Replica::close_session(Index index) {
    Session& session = sessions_[index];
    session.socket.close();
    session.generation = 0;
    sessions_.give_back(index);
    accept_now_ = std::exchange(accept_later_, false);
    if (session.walker != none) on_gone(std::exchange(session.walker, none));
}

void Replica::on_session(Token token, std::uint32_t events) {
    const Index index = token.index;
    if (index >= sessions_.size() || sessions_[index].generation != token.generation) return;
    Session& session = sessions_[index];
    if ((events & EPOLLOUT) != 0 && session.socket.has_unsent()) {
        if (!session.socket.flush()) return close_session(index);
        if (!session.socket.has_unsent()) after_answer(index);
        if (sessions_[index].generation != token.generation) return;
    }
    // Whoever closes while it waits for its answer has left.
    if ((events & (EPOLLHUP | EPOLLERR)) != 0 ||
        ((events & EPOLLRDHUP) != 0 && session.walker != none))
        return close_session(index);
    if ((events & (EPOLLIN | EPOLLRDHUP)) == 0) return;
    session.unread = true;
    session.finished |= (events & EPOLLRDHUP) != 0;
    read_on(index);
}

/// Reads until a request is whole; one request of a connection is in hand at a time.
void Replica::read_on(Index index) {
    while (true) {
        Session& session = sessions_[index];
        if (session.walker != none || session.socket.has_unsent()) return;
        Progress state = Progress::more;
        if (session.reader.has_kept() && !session.reader.message().got_some())
            state = session.reader.feed({});
        if (state == Progress::more) {
            if (!session.unread) return;
            const Socket::Read read = session.socket.read();
            if (read.broken || read.closed) return close_session(index);
            // The end may have come with the last bytes, and is not told a second time.
            if (read.bytes.size() < Socket::read_max && !session.finished) session.unread = false;
            if (read.bytes.empty()) return;
            state = session.reader.feed(read.bytes);
        }
        if (state == Progress::bad) {
            session.ending = true;
            return respond(index, 400, Outcome::error, 0);
        }
        if (state == Progress::done) return on_request(index);
    }
}

const EdgePlan* Replica::edge_of(const CallHead& call) const {
    if (!call.edge_state || *call.edge_state >= run_.model.edge_states.size()) return nullptr;
    const EdgePlan& edge = run_.model.edges[run_.model.edge_states[*call.edge_state].edge];
    return edge.service == plan_.service ? &edge : nullptr;
}

const EndpointPlan* Replica::endpoint_of(const RequestParser& request, const EdgePlan* edge) const {
    if (edge != nullptr) return &run_.model.endpoints[edge->endpoint];
    for (const EndpointPlan& endpoint : run_.model.endpoints)
        if (endpoint.service == plan_.service && method_of(endpoint) == request.method() &&
            path_of(endpoint) == request.path())
            return &endpoint;
    return nullptr;
}

void Replica::on_request(Index index) {
    Session& session = sessions_[index];
    const RequestParser& request = session.reader.message();
    session.ending |= !request.keep_alive();
    if (request.method() == "GET" && request.path() == "/healthz")
        return respond(index, up_ ? 200 : 503, up_ ? Outcome::ok : Outcome::unreachable, 0);
    if (request.method() == "GET" && request.path() == "/metrics")
        return respond(index, 200, Outcome::ok, 0, metrics());
    const EdgePlan* edge = edge_of(request.call());
    const EndpointPlan* endpoint = endpoint_of(request, edge);
    if (endpoint == nullptr) return respond(index, 404, Outcome::error, 0);
    if (walkers_.live() >= task_.in_hand_max) return respond(index, 503, Outcome::queue_full, 0);
    const Index walker = new_walker();
    Walker& w = walkers_[walker];
    const CallHead& call = request.call();
    w.deadline = call.deadline;
    w.patience = call.patience;
    w.trace = call.trace ? *call.trace : new_trace();
    w.pc = endpoint->entry;
    w.session = index;
    w.edge_state = edge != nullptr ? *call.edge_state : none;
    w.priority = edge != nullptr ? edge->priority : endpoint->priority;
    w.response_bytes = edge != nullptr ? edge->response_bytes : 0;
    session.walker = walker;
    if (call.arrives == never || call.arrives <= run_.now) return arrive(walker);
    w.phase = Phase::coming;
    run_.set(progress_timer(walker), call.arrives);
}

TraceContext Replica::new_trace() {
    const std::uint64_t stream = task_.replica + 1;
    ++traces_;
    return {.trace_high = span_id(stream, 2 * traces_),
            .trace_low = span_id(stream, 2 * traces_ + 1),
            .parent = 1};
}

void Replica::respond(Index index, std::uint16_t status, Outcome outcome, std::int64_t bytes,
                      std::string_view text) {
    Session& session = sessions_[index];
    head_.clear();
    const auto length = bytes + static_cast<std::int64_t>(text.size());
    append_response(
        head_,
        {.status = status, .outcome = outcome, .left = run_.now, .keep_alive = !session.ending},
        length);
    head_ += text;
    const bool to_head =
        session.reader.message().is_header_done() && session.reader.message().method() == "HEAD";
    session.walker = none;
    if (!session.socket.send(head_, to_head ? 0 : bytes)) return close_session(index);
    if (!session.socket.has_unsent()) after_answer(index);
}

/// The answer is out: the connection ends, or may have its next request.
void Replica::after_answer(Index index) {
    Session& session = sessions_[index];
    if (session.ending) return close_session(index);
    session.reader.restart();
    if (session.unread || session.reader.has_kept()) answered_.push_back(index);
}

/// The answer of a request, if anyone waits for it.
void Replica::answer(Index walker, Outcome outcome, std::uint16_t status) {
    Walker& w = walkers_[walker];
    const Index session = std::exchange(w.session, none);
    if (session == none) return;
    sessions_[session].walker = none;
    if (outcome != Outcome::unreachable) return respond(session, status, outcome, w.response_bytes);
    sessions_[session].socket.reset();
    close_session(session);
}

}  // namespace shaketable::injector
