#include "injector/run/fault_desk.h"

#include <chrono>

#include "injector/coding.h"
#include "injector/control/json.h"
#include "injector/faults_at_once.h"

namespace shaketable::injector {

using control::Answer;
using control::Json;
using control::Request;

namespace {

enum class Order : std::uint8_t { request = 1, answer, change };

std::string encode(std::uint32_t number, const Request& request) {
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::request));
    out.put(number);
    for (const std::string* text :
         {&request.method, &request.path, &request.body, &request.content_type})
        out.put_text(*text);
    return out.take();
}

std::string encode(std::uint32_t number, const Answer& answer) {
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::answer));
    out.put(number);
    out.put(static_cast<std::int32_t>(answer.status));
    out.put_text(answer.type);
    out.put_text(answer.body);
    out.put_count(answer.fields.size());
    for (const auto& [name, value] : answer.fields) {
        out.put_text(name);
        out.put_text(value);
    }
    return out.take();
}

Answer decode_answer(Decoder& in) {
    Answer answer;
    answer.status = in.get<std::int32_t>();
    answer.type = in.get_text();
    answer.body = in.get_text();
    for (std::size_t n = in.get_count(8); n > 0; --n) {
        std::string name = in.get_text();
        answer.fields.emplace_back(std::move(name), in.get_text());
    }
    return answer;
}

}  // namespace

FaultDesk::FaultDesk(proxy::Worker& worker, Channel& channel, std::optional<std::size_t> faults_max)
    : worker_{worker},
      channel_{channel},
      faults_max_{faults_max},
      proxies_{worker, control::Proxies::Stand::in_a_run},
      api_{proxies_} {
    proxies_.on_change = [this](std::string_view what, const Json& whom) { note(what, whom); };
    if (faults_max_)
        proxies_.room_for_fault = [this](Time until, std::size_t others) {
            return find_lack_of_room(until, others);
        };
}

/// By the plan, which is known: a fault never has to be taken away because another one begins.
std::optional<control::Refusal> FaultDesk::find_lack_of_room(Time until, std::size_t others) const {
    const control::Refusal full{
        409, "as many faults act as may, now or before its end: " + std::to_string(*faults_max_)};
    if (others + 1 > *faults_max_) return full;
    const Time now = worker_.commons().clock.now();
    if (find_fault_too_many(worker_.weather()->occurrences(), *faults_max_ - others - 1, now,
                            until))
        return full;
    return std::nullopt;
}

void FaultDesk::note(std::string_view what, const Json& whom) {
    constexpr std::size_t events_max = 10'000;
    if (events_.size() < events_max)
        events_.push_back({.at = worker_.commons().clock.now(),
                           .what = std::string{what},
                           .subject = whom.value("fault", ""),
                           .detail = whom.value("proxy", whom.value("edge", ""))});
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::change));
    out.put(std::uint32_t{0});
    out.put_text("event: " + std::string{what} + "\ndata: " + control::print(whom) + "\n\n");
    (void)channel_.send(MessageKind::order, out.take());
}

void FaultDesk::on_order(std::string_view order) {
    Decoder in{order};
    const auto kind = static_cast<Order>(in.get<std::uint8_t>());
    const auto number = in.get<std::uint32_t>();
    Request request;
    request.method = in.get_text();
    request.path = in.get_text();
    request.body = in.get_text();
    request.content_type = in.get_text();
    if (!in.ok() || kind != Order::request) return;
    std::optional<Answer> answer = api_.answer(request);
    (void)channel_.send(
        MessageKind::order,
        encode(number, answer ? *answer : control::plain(404, "404 page not found")));
}

Answer FaultClient::ask(const Request& request) {
    answer_.reset();
    if (channel_.send(MessageKind::order, encode(++asked_, request))) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        while (!answer_ && std::chrono::steady_clock::now() < until && listen_()) {
        }
    }
    return answer_ ? *std::move(answer_) : control::plain(503, "the proxies do not answer");
}

void FaultClient::on_order(std::string_view order) {
    Decoder in{order};
    const auto kind = static_cast<Order>(in.get<std::uint8_t>());
    const auto number = in.get<std::uint32_t>();
    if (kind == Order::change) {
        const std::string change = in.get_text();
        if (in.ok()) changes_ += change;
    } else if (kind == Order::answer) {
        Answer answer = decode_answer(in);
        if (in.ok() && number == asked_) answer_ = std::move(answer);
    }
}

}  // namespace shaketable::injector
