#include "faults/verdict.h"

#include <algorithm>

namespace shaketable::faults {

namespace {

std::uint8_t add_losses(std::uint8_t a, std::uint8_t b) noexcept {
    return static_cast<std::uint8_t>(std::min<int>(int{a} + int{b}, losses_fatal));
}

Handling combine(const Handling& a, const Handling& b) noexcept {
    const auto [rate, slicing, limit, close_delay, tampers, corrupt] = b;
    Handling both = a;
    both.rate = std::min(a.rate, rate);
    both.slicing = std::min(a.slicing, slicing);
    both.limit = std::min(a.limit, limit);
    both.close_delay = a.close_delay + close_delay;
    both.tampers |= tampers;
    both.corrupt |= corrupt;
    return both;
}

}  // namespace

Verdict combine(const Verdict& a, const Verdict& b) noexcept {
    const auto [fate, response_fate, status, losses, response_losses, delay, response_delay,
                connection_rate, edge_rate, close_after, request_bytes, response_bytes] = b;
    Verdict both = a;
    both.fate = std::max(a.fate, fate);
    both.response_fate = std::max(a.response_fate, response_fate);
    both.status = std::max(a.status, status);
    both.losses = add_losses(a.losses, losses);
    both.response_losses = add_losses(a.response_losses, response_losses);
    both.delay = std::min(a.delay + delay, ten_years);
    both.response_delay = std::min(a.response_delay + response_delay, ten_years);
    both.connection_rate = std::min(a.connection_rate, connection_rate);
    both.edge_rate = std::min(a.edge_rate, edge_rate);
    both.close_after = std::min(a.close_after, close_after);
    both.request_bytes = combine(a.request_bytes, request_bytes);
    both.response_bytes = combine(a.response_bytes, response_bytes);
    if (both.losses >= losses_fatal) both.fate = Fate::swallow;
    if (both.response_losses >= losses_fatal) both.response_fate = Fate::swallow;
    return both;
}

Duration retransmission_delay(std::uint8_t losses) noexcept {
    constexpr Duration longest = std::chrono::seconds{120};
    Duration total{0};
    Duration wait = std::chrono::milliseconds{200};
    for (std::uint8_t i = 0; i < losses; ++i) {
        total += wait;
        wait = std::min(2 * wait, longest);
    }
    return total;
}

}  // namespace shaketable::faults
