// Connections that carry tries: opened when none is idle, used again, given up when broken.
#include <algorithm>
#include <utility>

#include "injector/calls/caller.h"

namespace shaketable::injector {

std::uint32_t Caller::pool_of(const Attempt& attempt) const {
    return states_[own_[attempt.edge_state]].first_pool +
           run_.model.replicas[attempt.replica].number;
}

/// The request leaves: on an idle connection, on a new one, or when another gets free.
void Caller::transmit(Index index) {
    const std::uint32_t number = pool_of(attempts_[index]);
    Pool& pool = pools_[number];
    if (!pool.idle.empty()) {
        const Index connection = pool.idle.back();
        pool.idle.pop_back();
        return send_on(connection, index);
    }
    if (pool.open < options_.connections_max) {
        const Index connection = open_connection(number);
        if (connection != none) return send_on(connection, index);
        if (pool.open == 0) starved_.push_back(number);
    }
    Attempt& a = attempts_[index];
    a.phase = Attempt::Phase::queued;
    model::push(pool.waiting, attempts_, index);
}

void Caller::leave_connection_queue(Index index) {
    Attempt& a = attempts_[index];
    model::unlink(pools_[pool_of(a)].waiting, attempts_, index);
    a.phase = Attempt::Phase::out;
}

/// A place for a connection is free: whoever waits longest has it.
void Caller::serve_waiting(std::uint32_t number) {
    const Index next = pools_[number].waiting.first;
    if (next == none) return;
    leave_connection_queue(next);
    transmit(next);
}

/// None: the kernel has no descriptor or port left. Said once in the record.
Index Caller::open_connection(std::uint32_t number) {
    Pool& pool = pools_[number];
    const std::uint32_t route = edge_of(pool.edge_state).route;
    Socket socket = Socket::connect(addresses_.at(route, pool.replica));
    const Index index = socket.is_open() ? connections_.take() : none;
    if (index != none) {
        Connection& c = connections_[index];
        c.socket = std::move(socket);
        c.reader = ResponseReader{};
        c.attempt = none;
        c.pool = number;
        c.generation = generation_ = generation_ % 0xFF'FFFFU + 1;
        c.checking = false;
        c.ending = false;
        const Token token{Token::Kind::connection, c.generation, index};
        if (run_.poller.add(c.socket.fd(), token)) {
            ++pool.open;
            return index;
        }
        c.socket.close();
        connections_.give_back(index);
    }
    if (!std::exchange(told_exhausted_, true))
        run_.log("connections-exhausted", model::edge_state_name(run_.model, pool.edge_state));
    return none;
}

void Caller::send_on(Index index, Index attempt) {
    Connection& c = connections_[index];
    Attempt& a = attempts_[attempt];
    const EdgeState& edge = state(a.edge_state);
    c.attempt = attempt;
    a.connection = index;
    a.phase = Attempt::Phase::out;
    c.reader.restart();
    if (edge.to_head) c.reader.expect_no_body();
    head_.clear();
    const std::int64_t body = edge_of(a.edge_state).request_bytes;
    append_request(head_, edge.request,
                   {.edge_state = a.edge_state,
                    .deadline = a.deadline,
                    .patience = a.patience,
                    .arrives = a.arrives,
                    .trace = a.trace},
                   body);
    // A broken connection is met by its event, outside of whoever is sending.
    if (!c.socket.send(head_, body)) broken_.push_back({index, c.generation});
}

/// The answer has come whole, and the connection is free for the next request.
void Caller::take_back(Index index) {
    Connection& c = connections_[index];
    const std::uint32_t pool = c.pool;
    c.attempt = none;
    c.checking = false;
    const bool usable = !c.ending && c.reader.message().keep_alive() && !c.reader.has_kept() &&
                        !c.socket.has_unsent();
    if (!usable) return close_connection(index);
    pools_[pool].idle.push_back(index);
    serve_waiting(pool);
}

void Caller::close_connection(Index index) {
    Connection& c = connections_[index];
    Pool& pool = pools_[c.pool];
    const std::uint32_t number = c.pool;
    if (c.attempt == none && !c.checking) std::erase(pool.idle, index);
    if (c.checking) pool.check = none;
    c.socket.close();
    c.generation = 0;
    c.attempt = none;
    c.checking = false;
    --pool.open;
    connections_.give_back(index);
    serve_waiting(number);
}

void Caller::on_socket(Token token, std::uint32_t events) {
    const Index index = token.index;
    if (index >= connections_.size() || connections_[index].generation != token.generation) return;
    Connection& c = connections_[index];
    if ((events & EPOLLOUT) != 0 && c.socket.has_unsent() && !c.socket.flush())
        return on_broken(index);
    c.ending |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) on_readable(index);
}

void Caller::on_readable(Index index) {
    const std::uint32_t generation = connections_[index].generation;
    while (connections_[index].generation == generation) {
        Connection& c = connections_[index];
        const Socket::Read read = c.socket.read();
        const bool carries = c.attempt != none || c.checking;
        if (read.broken || (read.closed && !carries)) return on_broken(index);
        if (read.bytes.empty() && !read.closed) return;
        if (!carries) return on_broken(index);  // an answer to nothing
        Progress state = read.closed ? c.reader.feed_end() : c.reader.feed(read.bytes);
        // An interim answer (100 Continue, 103 Early Hints) is not the answer.
        while (state == Progress::done && c.reader.message().is_interim()) {
            c.reader.restart();
            state = c.reader.feed({});
        }
        if (state == Progress::bad || (read.closed && state == Progress::more))
            return on_broken(index);
        if (state == Progress::done) return on_answer(index);
        // The end may have come with the last bytes, and is not told a second time.
        if (read.bytes.size() < Socket::read_max && !c.ending) return;
    }
}

void Caller::on_answer(Index index) {
    const Connection& c = connections_[index];
    const std::uint16_t status = c.reader.message().status();
    if (c.checking) {
        const std::uint32_t pool = c.pool;
        pools_[pool].check = none;
        take_back(index);
        return end_check(pool, status >= 200 && status < 300);
    }
    const Index attempt = c.attempt;
    const Outcome outcome = c.reader.message().is_error()
                                ? c.reader.message().outcome().value_or(Outcome::error)
                                : Outcome::ok;
    const Time left = c.reader.message().left();
    // Free before the outcome is told: a retry may want it.
    take_back(index);
    answered(attempt, outcome, status, left);
}

/// Refused, reset, or closed before the answer was whole.
void Caller::on_broken(Index index) {
    const Connection& c = connections_[index];
    const Index attempt = c.attempt;
    const bool checking = c.checking;
    const std::uint32_t pool = c.pool;
    close_connection(index);
    if (checking) return end_check(pool, false);
    if (attempt != none) answered(attempt, Outcome::unreachable, 503, never);
}

void Caller::drain() {
    // Whoever sends must not be told of a failure while it sends.
    for (std::size_t i = 0; i < starved_.size(); ++i)
        while (pools_[starved_[i]].open == 0 && pools_[starved_[i]].waiting.first != none) {
            const Index attempt = pools_[starved_[i]].waiting.first;
            leave_connection_queue(attempt);
            answered(attempt, Outcome::unreachable, 503, never);
        }
    starved_.clear();
    for (std::size_t i = 0; i < broken_.size(); ++i) {
        const auto [index, generation] = broken_[i];
        if (connections_[index].generation == generation) on_broken(index);
    }
    broken_.clear();
}

}  // namespace shaketable::injector
