#include "faults/verdict.h"

#include <algorithm>

namespace shaketable::faults {

namespace {

std::uint8_t add_losses(std::uint8_t a, std::uint8_t b) noexcept {
    return static_cast<std::uint8_t>(std::min<int>(int{a} + int{b}, losses_fatal));
}

}  // namespace

Verdict combine(const Verdict& a, const Verdict& b) noexcept {
    const auto [fate, response_fate, status, losses, response_losses, delay, response_delay,
                connection_rate, edge_rate] = b;
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
