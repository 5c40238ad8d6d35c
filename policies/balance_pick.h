/// The picks of `Balancer`. Included by balance.h only; templates over what the world shows of its
/// endpoints.
#pragma once

#include <algorithm>
#include <array>

#include "base/math.h"
#include "policies/balance.h"

namespace shaketable::policies {

template <Endpoints V>
std::uint32_t Balancer::pick(const V& view, Random& random, std::uint64_t key, Time now) {
    if (!seen_.empty()) refresh(view, now);
    std::uint32_t count = 0;
    const Filter filter = find_filter(view, count);
    if (count == 0) return none;
    switch (rule_) {
        case BalanceRule::round_robin:
            return pick_next(view, filter, random);
        case BalanceRule::random:
            return pick_random(view, filter, count, random);
        case BalanceRule::least_requests:
            return pick_least(view, filter, random);
        case BalanceRule::power_of_two:
        case BalanceRule::peak_ewma:
            return pick_of_choices(view, filter, count, random, now);
        case BalanceRule::weighted:
            return pick_weighted(view, filter);
        case BalanceRule::consistent_hash:
            return pick_by_key(view, filter, key);
        case BalanceRule::join_idle_queue:
            return pick_idle(view, filter, count, random);
    }
    return none;
}

template <Endpoints V>
Balancer::Filter Balancer::find_filter(const V& view, std::uint32_t& count) const {
    if constexpr (requires { view.all_eligible(); }) {
        if (prefer_ == Prefer::none && view.all_eligible()) return count = used_, Filter::all;
    }
    std::uint32_t eligible = 0;
    std::uint32_t near = 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!uses(i) || !view.eligible(i)) continue;
        ++eligible;
        if (prefer_ == Prefer::same_zone && view.same_zone(i)) ++near;
    }
    if (eligible < used_ && static_cast<double>(eligible) < panic_ * used_)
        return count = used_, Filter::all;
    if (near > 0) return count = near, Filter::eligible_in_zone;
    return count = eligible, eligible == used_ ? Filter::all : Filter::eligible;
}

template <Endpoints V>
std::uint32_t Balancer::nth(const V& view, Filter filter, std::uint32_t k) const {
    if (filter == Filter::all && subset_.empty()) return k;
    for (std::uint32_t i = 0; i < n_; ++i)
        if (passes(view, filter, i) && k-- == 0) return i;
    return none;
}

template <Endpoints V>
void Balancer::refresh(const V& view, Time now) {
    if (now < refreshed_until_) return;
    for (std::uint32_t i = 0; i < n_; ++i) seen_[i] = global_ ? view.outstanding(i) : own_[i];
    const std::int64_t period = refresh_.count();
    refreshed_until_ = Time{Duration{(now.time_since_epoch().count() / period + 1) * period}};
}

/// An endpoint of weight w < 1 lets its turn pass with probability 1 - w: that is how slow start
/// reaches round-robin.
template <Endpoints V>
std::uint32_t Balancer::pick_next(const V& view, Filter filter, Random& random) {
    if (next_ == none) next_ = random.below(n_);
    std::uint32_t first = none;
    for (std::uint32_t turn = 0; turn < n_; ++turn) {
        const std::uint32_t i = next_;
        next_ = next_ + 1 == n_ ? 0 : next_ + 1;
        if (!passes(view, filter, i)) continue;
        const double w = weight(view, i);
        if (w >= 1 || random.chance(w)) return i;
        if (first == none) first = i;
    }
    return first;
}

template <Endpoints V>
std::uint32_t Balancer::pick_random(const V& view, Filter filter, std::uint32_t count,
                                    Random& random) const {
    double total = 0;
    for (std::uint32_t i = 0; i < n_; ++i)
        if (passes(view, filter, i)) total += weight(view, i);
    if (total <= 0) return nth(view, filter, random.below(count));
    double left = random.uniform() * total;
    std::uint32_t last = none;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!passes(view, filter, i)) continue;
        const double w = weight(view, i);
        if (w <= 0) continue;
        last = i;
        left -= w;
        if (left < 0) break;
    }
    return last;
}

/// Outstanding plus the one to come, by weight: an endpoint of half weight counts as twice as
/// loaded.
template <Endpoints V>
std::uint32_t Balancer::pick_least(const V& view, Filter filter, Random& random) const {
    std::uint32_t best = none;
    std::uint32_t equals = 0;
    double least = 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!passes(view, filter, i)) continue;
        const double own = (static_cast<double>(load(view, i)) + 1) / weight(view, i);
        if (best == none || own < least) {
            best = i;
            least = own;
            equals = 1;
        } else if (own == least && ties_ == Ties::random && random.below(++equals) == 0) {
            best = i;
        }
    }
    return best;
}

/// Draws different endpoints. Source: R. Floyd, "A sample of brilliance", CACM 1987.
template <Endpoints V>
std::uint32_t Balancer::pick_of_choices(const V& view, Filter filter, std::uint32_t count,
                                        Random& random, Time now) const {
    std::array<std::uint32_t, 16> drawn{};
    const std::uint32_t wanted = std::min(choices_, count);
    std::uint32_t best = none;
    std::uint32_t equals = 0;
    double least = 0;
    for (std::uint32_t j = 0; j < wanted; ++j) {
        const std::uint32_t top = count - wanted + j;
        std::uint32_t rank = random.below(top + 1);
        const auto end = drawn.begin() + j;
        if (std::find(drawn.begin(), end, rank) != end) rank = top;
        drawn[j] = rank;
        const std::uint32_t i = nth(view, filter, rank);
        const double raw =
            rule_ == BalanceRule::peak_ewma ? cost(i, now) : static_cast<double>(load(view, i)) + 1;
        const double own = raw / weight(view, i);
        const bool is_tie = best != none && own == least;
        if (best == none || own < least) {
            best = i;
            least = own;
            equals = 1;
        } else if (is_tie && (ties_ == Ties::index ? i < best : random.below(++equals) == 0)) {
            best = i;
        }
    }
    return best;
}

/// Source: nginx, "Upstream: smooth weighted round-robin balancing", 2012.
template <Endpoints V>
std::uint32_t Balancer::pick_weighted(const V& view, Filter filter) {
    std::uint32_t best = none;
    double total = 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!passes(view, filter, i)) continue;
        const double w = weight(view, i);
        total += w;
        turn_[i] += w;
        if (best == none || turn_[i] > turn_[best]) best = i;
    }
    turn_[best] -= total;
    return best;
}

template <Endpoints V>
std::uint32_t Balancer::pick_by_key(const V& view, Filter filter, std::uint64_t key) const {
    std::uint32_t best = none;
    double highest = 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!passes(view, filter, i)) continue;
        const double w = weight(view, i);
        const double own = -w / stable_log(hash_unit(key, i));
        if (best == none || own > highest) {
            best = i;
            highest = own;
        }
    }
    return best;
}

template <Endpoints V>
std::uint32_t Balancer::pick_idle(const V& view, Filter filter, std::uint32_t count,
                                  Random& random) const {
    std::uint32_t best = none;
    double total = 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
        if (!passes(view, filter, i) || load(view, i) != 0) continue;
        const double w = weight(view, i);
        total += w;
        if (best == none || random.uniform() * total < w) best = i;
    }
    return best != none ? best : pick_random(view, filter, count, random);
}

}  // namespace shaketable::policies
