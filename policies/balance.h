/// Chooses the replica that a call goes to.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "base/random.h"
#include "policies/health_check.h"
#include "policies/outlier_ejection.h"
#include "policies/slow_start.h"

namespace shaketable::policies {

enum class BalanceRule : std::uint8_t {
    round_robin,      ///< the next in turn; a balancer begins at a random place
    random,           ///< any, by weight
    least_requests,   ///< the one with the fewest requests outstanding, of all
    power_of_two,     ///< of `choices` different ones drawn at random, the one with the fewest
                      ///< outstanding
    weighted,         ///< in turn by weight, as smoothly as can be (nginx's)
    consistent_hash,  ///< by the key: highest random weight; losing a replica moves its keys only
    peak_ewma,        ///< of `choices` drawn, the one with the least latency * (outstanding + 1)
    join_idle_queue,  ///< an idle one at random; any at random where none is idle
};

constexpr auto enum_names(BalanceRule) {
    using P = std::pair<std::string_view, BalanceRule>;
    return std::array{P{"round-robin", BalanceRule::round_robin},
                      P{"random", BalanceRule::random},
                      P{"least-requests", BalanceRule::least_requests},
                      P{"power-of-two", BalanceRule::power_of_two},
                      P{"weighted", BalanceRule::weighted},
                      P{"consistent-hash", BalanceRule::consistent_hash},
                      P{"peak-ewma", BalanceRule::peak_ewma},
                      P{"join-idle-queue", BalanceRule::join_idle_queue}};
}

enum class Prefer : std::uint8_t { none, same_zone };
constexpr auto enum_names(Prefer) {
    using P = std::pair<std::string_view, Prefer>;
    return std::array{P{"none", Prefer::none}, P{"same-zone", Prefer::same_zone}};
}

enum class Ties : std::uint8_t { random, index };
constexpr auto enum_names(Ties) {
    using P = std::pair<std::string_view, Ties>;
    return std::array{P{"random", Ties::random}, P{"index", Ties::index}};
}

/// Whose outstanding requests count.
enum class LoadView : std::uint8_t { own, global };
constexpr auto enum_names(LoadView) {
    using P = std::pair<std::string_view, LoadView>;
    return std::array{P{"own", LoadView::own}, P{"global", LoadView::global}};
}

/// `balance: least-requests`. Written at the callee; every caller replica has a balancer of its
/// own.
///
/// Source: M. Mitzenmacher, "The power of two choices in randomized load balancing", 2001; Finagle
/// PeakEwma; Y. Lu et al., "Join-idle-queue", 2011; D. Thaler, C. Ravishankar, "Using name-based
/// mappings to increase hit rates", 1998; C. MacCarthaigh, "Workload isolation using shuffle
/// sharding", Amazon Builders' Library (subset).
struct Balance {
    static constexpr std::string_view kind = "balance";
    static constexpr std::string_view summary = "chooses the replica that a call goes to";

    BalanceRule policy = BalanceRule::round_robin;
    Prefer prefer =
        Prefer::none;           ///< same-zone: others only where the own zone has no eligible one
    std::uint32_t choices = 2;  ///< of power-of-two and peak-ewma; 1 .. 16
    LoadView view = LoadView::own;  ///< least-requests, power-of-two, join-idle-queue
    Duration refresh{0};       ///< loads are as they were at the last multiple of this; 0 = fresh
    Ties ties = Ties::random;  ///< among equal loads
    Duration tau{std::chrono::seconds{10}};  ///< peak-ewma: decay of the latency; > 0
    std::vector<double> weights{};           ///< by replica, >= 0; missing ones are 1
    std::optional<std::uint32_t> subset{};   ///< shuffle sharding: each caller uses only so many
    std::optional<Share>
        panic{};  ///< fewer eligible than this: eligibility is ignored; default: never
    std::optional<HealthCheck> health_check{};          ///<
    std::optional<OutlierEjection> outlier_ejection{};  ///<
    std::optional<SlowStart> slow_start{};              ///<

    static constexpr auto fields() {
        using B = Balance;
        return fields_of(
            field("policy", &B::policy,
                  "round-robin (default), random, least-requests, power-of-two, weighted, "
                  "consistent-hash, peak-ewma, join-idle-queue"),
            field("prefer", &B::prefer,
                  "same-zone: others only where the own zone has none; default none"),
            field("choices", &B::choices,
                  "replicas drawn by power-of-two and peak-ewma; default 2"),
            field("view", &B::view, "own (default): requests of this caller; global: of all"),
            field("refresh", &B::refresh, "how old the loads it sees may be; default 0: fresh"),
            field("ties", &B::ties, "random (default) or index: the first of equals"),
            field("tau", &B::tau, "peak-ewma: how fast a latency is forgotten; default 10s"),
            field("weights", &B::weights, "by replica; default 1 each"),
            field("subset", &B::subset,
                  "shuffle sharding: each caller replica uses only so many of them, drawn for it; "
                  "default: all"),
            field("panic", &B::panic,
                  "share of eligible replicas below which all are used; default: never"),
            field("health_check", &B::health_check, "asks replicas now and then"),
            field("outlier_ejection", &B::outlier_ejection, "takes failing replicas out"),
            field("slow_start", &B::slow_start, "gives fresh replicas less at first"));
    }
    static constexpr auto shorthand() { return &Balance::policy; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Balance&) const = default;
};

/// What a balancer is shown of its endpoints. All cheap and without effect.
template <class V>
concept Endpoints = requires(const V& v, std::uint32_t i) {
    { v.eligible(i) } -> std::convertible_to<bool>;   ///< up, healthy, not ejected
    { v.same_zone(i) } -> std::convertible_to<bool>;  ///< as the caller
    {
        v.outstanding(i)
        } -> std::convertible_to<std::uint32_t>;     ///< of all callers (`view: global`)
    { v.weight(i) } -> std::convertible_to<double>;  ///< slow start's; 1 otherwise
};

/// One caller replica's balancer over the n replicas of one callee. Picks allocate nothing.
///
/// Memory: 8 bytes an endpoint where the rule counts requests, 16 more for peak-ewma, 8 for
/// weighted, 1 with a subset; none for the others.
class Balancer {
  public:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    Balancer(const Balance& settings, std::uint32_t endpoints);

    /// An eligible endpoint, or `none`. `key`: of the request, for consistent-hash. Does not count
    /// the request: see `on_start`.
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick(const V& view, Random& random, std::uint64_t key, Time now);

    /// Draws the endpoints that are used from now on, with `subset`; one draw for each. Without it
    /// nothing is drawn.
    void draw_subset(Random& random);
    /// Is the endpoint one of those that are used?
    [[nodiscard]] bool uses(std::uint32_t endpoint) const noexcept {
        return subset_.empty() || subset_[endpoint] != 0;
    }

    /// A request was sent to the endpoint.
    void on_start(std::uint32_t endpoint) noexcept {
        if (!own_.empty()) ++own_[endpoint];
    }
    /// It ended, after `latency`; `answered` is false where no latency was learned (given up,
    /// cancelled, refused at the caller).
    void on_end(std::uint32_t endpoint, Time now, Duration latency, bool answered) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept { return n_; }
    /// Own requests outstanding; 0 where the rule does not count them.
    [[nodiscard]] std::uint32_t own_outstanding(std::uint32_t endpoint) const noexcept {
        return own_.empty() ? 0 : own_[endpoint];
    }

  private:
    enum class Filter : std::uint8_t { eligible, eligible_in_zone, all };
    struct Latency {
        double cost = 0;  ///< ns
        Time at{};
    };

    template <Endpoints V>
    [[nodiscard]] Filter find_filter(const V& view, std::uint32_t& count) const;
    template <Endpoints V>
    [[nodiscard]] bool passes(const V& view, Filter filter, std::uint32_t i) const {
        return uses(i) && (filter == Filter::all ||
                           (view.eligible(i) && (filter == Filter::eligible || view.same_zone(i))));
    }
    /// The k-th endpoint that passes, k from 0.
    template <Endpoints V>
    [[nodiscard]] std::uint32_t nth(const V& view, Filter filter, std::uint32_t k) const;
    template <Endpoints V>
    [[nodiscard]] std::uint32_t load(const V& view, std::uint32_t i) const {
        if (!seen_.empty()) return seen_[i];
        return global_ ? view.outstanding(i) : own_[i];
    }
    template <Endpoints V>
    [[nodiscard]] double weight(const V& view, std::uint32_t i) const {
        return (weights_.empty() ? 1.0 : weights_[i]) * view.weight(i);
    }
    template <Endpoints V>
    void refresh(const V& view, Time now);
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_next(const V& view, Filter filter, Random& random);
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_random(const V& view, Filter filter, std::uint32_t count,
                                            Random& random) const;
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_least(const V& view, Filter filter, Random& random) const;
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_of_choices(const V& view, Filter filter, std::uint32_t count,
                                                Random& random, Time now) const;
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_weighted(const V& view, Filter filter);
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_by_key(const V& view, Filter filter, std::uint64_t key) const;
    template <Endpoints V>
    [[nodiscard]] std::uint32_t pick_idle(const V& view, Filter filter, std::uint32_t count,
                                          Random& random) const;
    /// Peak-EWMA cost of an endpoint as of `now`.
    [[nodiscard]] double cost(std::uint32_t i, Time now) const noexcept;
    /// Uniform on (0, 1) by key and endpoint.
    [[nodiscard]] static double hash_unit(std::uint64_t key, std::uint32_t endpoint) noexcept;

    BalanceRule rule_;
    Prefer prefer_;
    Ties ties_;
    bool global_;
    std::uint32_t n_;
    std::uint32_t used_;  ///< of them; all but with `subset`
    std::uint32_t choices_;
    std::uint32_t next_ = none;  ///< round-robin: the endpoint whose turn it is; none = not begun
    double panic_;               ///< fraction; 0 = never
    Duration tau_;
    Duration refresh_;
    Time refreshed_until_{};
    std::vector<std::uint32_t> own_{};   ///< outstanding
    std::vector<std::uint32_t> seen_{};  ///< loads as of the last refresh
    std::vector<double> weights_{};
    std::vector<std::uint8_t> subset_{};  ///< by endpoint: 1 = used; empty = all are
    std::vector<double> turn_{};          ///< weighted: current weights
    std::vector<Latency> latencies_{};    ///< peak-ewma
};

}  // namespace shaketable::policies

#include "policies/balance_pick.h"  // IWYU pragma: export
