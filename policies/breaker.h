/// Stops calling a callee that fails, and asks again after a while.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "base/random.h"
#include "policies/open_rule.h"
#include "policies/outcome_class.h"
#include "policies/sliced_window.h"

namespace shaketable::policies {

/// How the answers of the probes decide.
enum class ProbeRule : std::uint8_t {
    share,  ///< when all `probes` are answered, `open_at` judges them as a window of their own
    every,  ///< the first failure opens again; `probes` successes close
};

constexpr auto enum_names(ProbeRule) {
    using P = std::pair<std::string_view, ProbeRule>;
    return std::array{P{"share", ProbeRule::share}, P{"every", ProbeRule::every}};
}

/// What an answer means in half-open when its call was let through before the breaker opened.
enum class Stragglers : std::uint8_t {
    ignore,  ///< nothing
    count,   ///< as much as a probe's (resilience4j; Hystrix and Polly: any answer seen decides)
};

constexpr auto enum_names(Stragglers) {
    using P = std::pair<std::string_view, Stragglers>;
    return std::array{P{"ignore", Stragglers::ignore}, P{"count", Stragglers::count}};
}

/// Which tries an open breaker refuses.
enum class Refuses : std::uint8_t {
    all,      ///< every one
    retries,  ///< tries after the first, hedges too: first tries go on and are its evidence
};

constexpr auto enum_names(Refuses) {
    using P = std::pair<std::string_view, Refuses>;
    return std::array{P{"all", Refuses::all}, P{"retries", Refuses::retries}};
}

/// `breaker: {open_at: "errors > 50% of 20 over 5s", half_open_after: 5s, probes: 5}`. Defaults are
/// resilience4j's.
///
/// Source: resilience4j CircuitBreakerConfig, CircuitBreakerStateMachine; Hystrix
/// HystrixCircuitBreaker; Polly.Core CircuitBreaker (see presets).
struct Breaker {
    static constexpr std::string_view kind = "breaker";
    static constexpr std::string_view summary =
        "stops calling a callee that fails, and asks again after a while";

    std::string preset{};                      ///< hystrix, resilience4j, polly, linkerd; "" = none
    std::optional<OpenRule> open_at{};         ///< default: errors >= 50% of 100 or slow >= 100%
    std::vector<OutcomeClass> counts{};        ///< what an error is; default: any
    std::optional<std::uint32_t> slices{};     ///< of a window of time; default 10; 1 .. 1,000
    std::optional<Duration> evaluate_every{};  ///< 0 (default): at every answer; else on complete
                                               ///< slices at multiples of it
    std::optional<Duration> slow_after{};      ///< slow = longer than this; default 60 s
    std::optional<Duration> half_open_after{};  ///< default 60 s; > 0
    std::optional<bool>
        strictly_after{};  ///< half-open only after the wait, not at its end; default true
    std::optional<double>
        open_factor{};  ///< growth of the wait per opening in a row; >= 1, default 1
    std::optional<Duration> open_max{};  ///< longest wait; default: none
    std::optional<Share> open_jitter{};  ///< wait * U(1, 1 + x); default 0
    std::optional<std::uint32_t>
        probes{};  ///< calls let through in half-open; default 10; 1 .. 10,000
    std::optional<std::uint32_t> probes_at_once{};  ///< of them in progress at once; default: all
    std::optional<ProbeRule> probe_rule{};          ///< default share
    std::optional<Stragglers> stragglers{};         ///< default count
    std::optional<Refuses> refuses{};               ///< default all
    std::optional<Duration>
        probe_timeout{};  ///< a probe without answer for so long counts as failed; default: never

    static constexpr auto fields() {
        using B = Breaker;
        return fields_of(
            field("preset", &B::preset,
                  "a library's breaker: hystrix, resilience4j, polly, linkerd"),
            field("open_at", &B::open_at,
                  "when it opens; default: errors >= 50% of 100 or slow >= 100%"),
            field("counts", &B::counts, "outcomes that are errors; default: any"),
            field("slices", &B::slices, "parts of a window of time; default 10"),
            field("evaluate_every", &B::evaluate_every,
                  "0 (default): at every answer; else on complete slices at its multiples"),
            field("slow_after", &B::slow_after,
                  "an answer is slow when it took longer; default 60s"),
            field("half_open_after", &B::half_open_after, "how long it stays open; default 60s"),
            field("strictly_after", &B::strictly_after,
                  "a call at the very end of the wait is still rejected; default true"),
            field("open_factor", &B::open_factor,
                  "growth of the wait per opening in a row; default 1"),
            field("open_max", &B::open_max, "longest wait; default: no limit"),
            field("open_jitter", &B::open_jitter,
                  "up to this share of the wait is added to it, at random; default 0%"),
            field("probes", &B::probes, "calls let through in half-open; default 10"),
            field("probes_at_once", &B::probes_at_once,
                  "of them in progress at once; default: all"),
            field("probe_rule", &B::probe_rule,
                  "share (default): all answers are judged by open_at; every: one failure opens"),
            field("stragglers", &B::stragglers,
                  "answers to calls from before it opened: ignore or count (default)"),
            field("refuses", &B::refuses,
                  "what it refuses while open: all (default), or retries: first tries go on"),
            field("probe_timeout", &B::probe_timeout,
                  "a probe without answer for so long has failed; default: never"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Breaker&) const = default;
};

/// The written fields over those of its `preset:`, if it names one that is known.
[[nodiscard]] Breaker with_preset(const Breaker& written);

/// One caller's breaker towards one callee. Rejections are answers (Outcome::breaker_open), given
/// at once.
///
/// Opens at an answer (or, with `evaluate_every`, at the first call or answer after the instant of
/// evaluation, dated to that instant); turns half-open at the first call after the wait. Memory is
/// taken at construction only.
class BreakerMachine {
  public:
    enum class State : std::uint8_t { closed, open, half_open };

    /// Kept with the attempt until it is observed or abandoned.
    struct Permit {
        bool admitted = false;
        bool probe = false;
        bool changed = false;  ///< admitting changed the state: read `state()`
        std::uint8_t unused = 0;
        std::uint16_t era = 0;  ///< number of the state it was given in
    };
    /// What an answer did to the breaker.
    struct Reaction {
        bool changed = false;
        State state = State::closed;
    };

    /// Takes `settings.preset` into account.
    explicit BreakerMachine(const Breaker& settings);

    /// Asks for leave to call. Draws only when the wait after an opening is fixed, and only with
    /// `open_jitter`. `first_try`: with `refuses: retries` it is let through whatever the state;
    /// unless it is a probe, its answer is taken as a straggler's.
    [[nodiscard]] Permit admit(Time now, Random& random, bool first_try = false) {
        if (state_ == State::closed && now < next_evaluation_) [[likely]]
            return {true, false, false, 0, era_};
        Permit permit = admit_slow(now, random);
        permit.admitted = permit.admitted || (first_try && spares_first_);
        return permit;
    }
    /// An admitted call was answered or given up on; each admitted permit is observed or abandoned
    /// exactly once. `status`: as in OutcomeMask::contains.
    Reaction observe(Time now, Permit permit, Outcome outcome, Duration latency, int status = 0);
    /// An admitted call was never made or was taken back: no evidence, but its place as a probe is
    /// free again.
    void abandon(Permit permit) noexcept;

    [[nodiscard]] State state() const noexcept { return state_; }
    /// Share of failures in the window as last judged, 0 .. 1 (for reports).
    [[nodiscard]] double error_share() const noexcept;

  private:
    struct Counts {
        std::uint32_t calls = 0;
        std::uint32_t errors = 0;
        std::uint32_t slow = 0;
        Counts& operator+=(const Counts& o) noexcept {
            return calls += o.calls, errors += o.errors, slow += o.slow, *this;
        }
        Counts& operator-=(const Counts& o) noexcept {
            return calls -= o.calls, errors -= o.errors, slow -= o.slow, *this;
        }
    };

    [[nodiscard]] Permit admit_slow(Time now, Random& random);
    [[nodiscard]] Permit admit_probe(Time now);
    void fix_wait(Random& random);
    void record(Time now, const Counts& one) noexcept;
    void record_in_ring(const Counts& one) noexcept;
    void weigh_probe(Time now, const Counts& one);
    [[nodiscard]] bool must_open(const Counts& counts, std::uint32_t volume_min) const noexcept;
    /// Evaluates at the instants up to `now` that have not been evaluated yet; true when it opened.
    bool catch_up(Time now);
    void open(Time at);
    void enter(State state, Time at) noexcept;
    void reset_window() noexcept;

    OpenRule rule_;
    OutcomeMask failures_;
    Duration evaluate_every_;
    Duration slow_after_;
    Duration half_open_after_;
    Duration open_max_;
    Duration probe_timeout_;
    double open_factor_;
    double open_jitter_;
    std::uint32_t probes_;
    std::uint32_t probes_at_once_;
    ProbeRule probe_rule_;
    Stragglers stragglers_;
    bool strictly_after_;
    bool spares_first_;

    State state_ = State::closed;
    std::uint16_t era_ = 0;
    std::uint32_t in_a_row_ = 0;  ///< consecutive errors
    std::uint32_t openings_ = 0;  ///< in a row, without closing between
    std::uint32_t ring_at_ = 0;
    std::uint32_t probes_given_ = 0;
    std::uint32_t probes_open_ = 0;  ///< in progress
    Counts counts_{};                ///< of the ring of calls, or of the probes in half-open
    Time opened_at_{};
    Time half_open_at_ = never;  ///< never: not yet drawn
    Time last_probe_at_{};
    Time next_evaluation_ = never;
    SlicedWindow<Counts> window_{};
    std::vector<std::uint8_t> ring_{};  ///< last calls: bit 0 error, bit 1 slow
};

constexpr auto enum_names(BreakerMachine::State) {
    using P = std::pair<std::string_view, BreakerMachine::State>;
    return std::array{P{"closed", BreakerMachine::State::closed},
                      P{"open", BreakerMachine::State::open},
                      P{"half-open", BreakerMachine::State::half_open}};
}

}  // namespace shaketable::policies
