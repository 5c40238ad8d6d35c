#include "injector/control/server_connection.h"

#include <algorithm>
#include <exception>

#include "faults/when.h"
#include "injector/control/guard.h"

namespace shaketable::injector::control {

using proxy::Events;
using proxy::Task;
using proxy::Transfer;

Server::Connection::Connection(Server& server, int descriptor)
    : server_{&server},
      commons_{server.commons_},
      limits_{server.limits_},
      socket_{server.commons_.io, descriptor},
      waiter_{server.commons_.io, server.commons_.clock, *this},
      reader_{limits_.head_max, limits_.body_max},
      since_{server.commons_.clock.now()} {
    server.connections_.push_back(this);
}

Task<> Server::Connection::serve(std::shared_ptr<Connection> self) {
    while (self->is_alive()) {
        const bool came = co_await self->read_request();
        if (!came || !self->is_alive()) break;
        const RequestReader::Taken taken = self->reader_.take();
        const Answer answer = self->answer(taken.request);
        if (!self->is_alive()) break;
        const bool keep_alive = taken.keep_alive && !self->stopping_ && !answer.streams;
        self->write(answer, keep_alive, taken.request.method != "HEAD");
        const bool sent = co_await self->send();
        if (!sent) break;
        if (answer.streams) {
            co_await self->stream();
            break;
        }
        if (!keep_alive) break;
        self->answered_ = true;
        self->since_ = self->now();
    }
    self->leave();
}

Task<> Server::Connection::refuse(std::shared_ptr<Connection> self) {
    self->refused_ = true;
    self->idle_ = false;
    co_await self->turn_down(plain(503, "too many connections: try again"));
    self->leave();
}

Time Server::Connection::deadline(RequestReader::State state) const {
    if (state == RequestReader::State::body) return since_ + limits_.body_time;
    const bool between = state == RequestReader::State::idle && answered_;
    return since_ + (between ? limits_.idle_time : limits_.head_time);
}

Task<bool> Server::Connection::read_request() {
    using State = RequestReader::State;
    State state = reader_.feed({});
    while (state != State::done) {
        if (state == State::bad) {
            co_await turn_down(plain(reader_.status(), reader_.why()));
            co_return false;
        }
        const bool was_idle = idle_;
        idle_ = state == State::idle;
        if (was_idle && !idle_) since_ = now();
        if (idle_ && stopping_) co_return false;
        if (state == State::body && reader_.wants_to_go_on()) {
            unsent_ += "HTTP/1.1 100 Continue\r\n\r\n";
            const bool sent = co_await send();
            if (!sent) co_return false;
        }
        const Time until = deadline(state);
        const Events events = co_await waiter_.wait(proxy::on_readable, &socket_, &socket_, until);
        if (!is_alive()) co_return false;
        if ((events & proxy::on_readable) != 0) {
            const std::span<char> scratch = commons_.scratch();
            const Transfer got = socket_.read(scratch);
            if (got.state == Transfer::State::ended || got.broken()) co_return false;
            if (got.moved()) state = reader_.feed({scratch.data(), got.bytes});
        }
        if (state == State::done || state == State::bad || now() < until) continue;
        if (state != State::idle || !answered_)
            co_await turn_down(plain(408, "the request did not come in time"));
        co_return false;
    }
    idle_ = false;
    co_return true;
}

Task<bool> Server::Connection::send() {
    const Time until = now() + limits_.write_time;
    while (!unsent_.empty()) {
        const Transfer put = socket_.write(unsent_);
        if (put.moved()) {
            unsent_.erase(0, put.bytes);
            continue;
        }
        if (put.state != Transfer::State::blocked || now() >= until) co_return false;
        (void)co_await waiter_.wait(proxy::on_writable, &socket_, &socket_, until);
        if (!is_alive()) co_return false;
    }
    co_return true;
}

/// A connection that is closed while bytes lie unread in it is reset, and the answer is lost: so
/// they are read, for a moment.
Task<> Server::Connection::turn_down(Answer answer) {
    write(answer, false, true);
    const bool sent = co_await send();
    if (!sent) co_return;
    socket_.end();
    const Time until = now() + limits_.lingering_time;
    std::size_t left = 2 * limits_.body_max;
    while (is_alive() && now() < until) {
        const Transfer got = socket_.read(commons_.scratch());
        if (got.moved() && got.bytes < left) {
            left -= got.bytes;
            continue;
        }
        if (got.state != Transfer::State::blocked) co_return;
        (void)co_await waiter_.wait(proxy::on_readable, &socket_, &socket_, until);
    }
}

Task<> Server::Connection::stream() {
    streams_ = true;
    while (is_alive() && !stopping_) {
        const bool sent = co_await send();
        if (!sent || stopping_) break;
        if (!unsent_.empty()) continue;
        (void)co_await waiter_.wait(proxy::on_readable, &socket_, &socket_, never);
        if (!is_alive()) break;
        const Transfer got = socket_.read(commons_.scratch());
        if (got.state == Transfer::State::ended || got.broken()) break;
    }
}

void Server::Connection::publish(std::string_view text) {
    const auto self = shared_from_this();
    if (!streams_ || !is_alive()) return;
    if (unsent_.size() + text.size() > limits_.unsent_max) return drop();
    unsent_ += text;
    waiter_.poke();
}

Answer Server::Connection::answer(const Request& request) {
    if (std::optional<Answer> stranger = find_stranger(request, server_->address_))
        return *std::move(stranger);
    try {
        return server_->answerer_(request);
    } catch (const std::exception& error) {
        // One request that a package cannot bear must not end the proxies of all others.
        return plain(500, std::string{"a bug of shaketable: "} + error.what());
    }
}

void Server::Connection::write(const Answer& answer, bool keep_alive, bool with_body) {
    unsent_ += "HTTP/1.1 " + std::to_string(answer.status) + " ";
    unsent_ += reason_of(answer.status);
    unsent_ += "\r\n";
    const auto field = [&](std::string_view name, std::string_view value) {
        unsent_.append(name).append(": ");
        // Nothing that came from outside may begin a line of its own.
        for (const char c : value) unsent_ += static_cast<unsigned char>(c) < ' ' ? '?' : c;
        unsent_ += "\r\n";
    };
    for (const auto& [name, value] : answer.fields) field(name, value);
    if (!answer.type.empty()) field("Content-Type", answer.type);
    if (answer.status != 204 && !answer.streams)
        field("Content-Length", std::to_string(answer.body.size()));
    if (!keep_alive) field("Connection", "close");
    unsent_ += "\r\n";
    if (with_body) unsent_ += answer.body;
}

void Server::Connection::drop() {
    const auto self = shared_from_this();
    if (std::exchange(dropped_, true)) return;
    socket_.close();
    waiter_.poke();
}

void Server::Connection::stop() {
    const auto self = shared_from_this();
    stopping_ = true;
    if (idle_ || streams_) waiter_.poke();
}

void Server::Connection::forget() {
    const auto self = shared_from_this();
    server_ = nullptr;
    drop();
}

void Server::Connection::leave() {
    dropped_ = true;
    socket_.close();
    if (server_ != nullptr) std::erase(server_->connections_, this);
    server_ = nullptr;
}

}  // namespace shaketable::injector::control
