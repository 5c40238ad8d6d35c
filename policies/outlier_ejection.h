/// Takes endpoints that fail out of a balancer's choice, and lets them come back.
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
#include "policies/outcome_class.h"

namespace shaketable::policies {

/// How long the n-th ejection in a row lasts (n from 1), at most `ejection_max`.
enum class EjectionGrowth : std::uint8_t {
    linear,       ///< n * ejection_time (Envoy)
    exponential,  ///< 2^(n-1) * ejection_time
};

constexpr auto enum_names(EjectionGrowth) {
    using P = std::pair<std::string_view, EjectionGrowth>;
    return std::array{P{"linear", EjectionGrowth::linear},
                      P{"exponential", EjectionGrowth::exponential}};
}

enum class EjectionJitter : std::uint8_t {
    none,
    equal,   ///< v/2 + U(0, v/2) (Finagle)
    upward,  ///< v + U(0, v/2) (linkerd)
};

constexpr auto enum_names(EjectionJitter) {
    using P = std::pair<std::string_view, EjectionJitter>;
    return std::array{P{"none", EjectionJitter::none}, P{"equal", EjectionJitter::equal},
                      P{"upward", EjectionJitter::upward}};
}

enum class EjectionReturn : std::uint8_t {
    sweep,  ///< in the sweep after its time is over, as if nothing had been (Envoy)
    probe,  ///< when its time is over one request may try; its success brings it back, its failure
            ///< ejects it again
};

constexpr auto enum_names(EjectionReturn) {
    using P = std::pair<std::string_view, EjectionReturn>;
    return std::array{P{"sweep", EjectionReturn::sweep}, P{"probe", EjectionReturn::probe}};
}

/// Defaults are Envoy's. `outlier_ejection: 5` is the number of consecutive errors.
///
/// An ejection is refused when 100 * (ejected + 1) / n would exceed `ejected_max`: with 10 %,
/// nothing below ten endpoints is ever ejected. Success rates compare with the mean minus
/// `deviations` population standard deviations. Source: Envoy outlier_detection.proto and
/// outlier_detection_impl.cc; Finagle FailureAccrualFactory, EMA of success rate.
struct OutlierEjection {
    static constexpr std::string_view kind = "outlier_ejection";
    static constexpr std::string_view summary =
        "takes endpoints that fail out of the balancer's choice";

    std::string preset{};  ///< envoy, finagle, linkerd; "" = none
    std::optional<std::uint32_t>
        consecutive{};  ///< errors in a row that eject; default 5; 0 = never
    std::vector<OutcomeClass>
        counts{};  ///< what an error is; default: 5xx, timeout, unreachable, refused
    std::optional<Duration> sweep{};             ///< judging and returning; default 10 s
    std::optional<Duration> ejection_time{};     ///< default 30 s
    std::optional<Duration> ejection_max{};      ///< default 300 s
    std::optional<EjectionGrowth> growth{};      ///< default linear
    std::optional<EjectionJitter> jitter{};      ///< default none
    std::optional<EjectionReturn> comes_back{};  ///< default sweep
    std::optional<Share> ejected_max{};          ///< of all endpoints; default 10 %
    std::optional<double>
        deviations{};  ///< success rate this far below the mean ejects; 0 = never; default 1.9
    std::optional<std::uint32_t>
        volume_min{};  ///< requests of an endpoint per sweep to be judged; default 100
    std::optional<std::uint32_t> hosts_min{};  ///< endpoints with that volume; default 5
    std::optional<Share> failure_share{};  ///< failures per sweep that eject (>=); default: never
                                           ///< (Envoy enforces 0 %)
    std::optional<Share>
        success_ema_min{};  ///< moving average of success below this ejects; default: never
    std::optional<Duration>
        ema_window{};  ///< of that average; judged after one full window; default 30 s
    std::optional<std::uint32_t> ema_volume_min{};  ///< requests it needs; default 5

    static constexpr auto fields() {
        using O = OutlierEjection;
        return fields_of(
            field("preset", &O::preset, "a proxy's ejection: envoy, finagle, linkerd"),
            field("consecutive", &O::consecutive,
                  "errors in a row that eject; default 5; 0 = never"),
            field("counts", &O::counts,
                  "what an error is; default: 5xx, timeout, unreachable, refused"),
            field("sweep", &O::sweep,
                  "time between judging success rates and letting return; default 10s"),
            field("ejection_time", &O::ejection_time,
                  "how long the first ejection lasts; default 30s"),
            field("ejection_max", &O::ejection_max, "longest ejection; default 300s"),
            field("growth", &O::growth, "of ejections in a row: linear (default) or exponential"),
            field("jitter", &O::jitter, "of an ejection's length: none (default), equal or upward"),
            field("comes_back", &O::comes_back, "by sweep (default) or by probe"),
            field("ejected_max", &O::ejected_max,
                  "most of the endpoints ejected at once; default 10%"),
            field(
                "deviations", &O::deviations,
                "success rate this many deviations below the mean ejects; default 1.9; 0 = never"),
            field("volume_min", &O::volume_min,
                  "requests of an endpoint per sweep to be judged; default 100"),
            field("hosts_min", &O::hosts_min, "endpoints with that volume to judge any; default 5"),
            field("failure_share", &O::failure_share,
                  "share of failures per sweep that ejects; default: never"),
            field("success_ema_min", &O::success_ema_min,
                  "moving average of success below this ejects; default: never"),
            field("ema_window", &O::ema_window, "of that average; default 30s"),
            field("ema_volume_min", &O::ema_volume_min, "requests that average needs; default 5"));
    }
    static constexpr auto shorthand() { return &OutlierEjection::consecutive; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const OutlierEjection&) const = default;
};

/// The written fields over those of its `preset:`, if it names one that is known.
[[nodiscard]] OutlierEjection with_preset(const OutlierEjection& written);

/// Of one balancer. Sweeps happen when the world calls at or after `next_sweep()`, dated to that
/// instant.
class EjectionMachine {
  public:
    EjectionMachine(const OutlierEjection& settings, std::uint32_t endpoints);

    /// May a request go to this endpoint? A probing endpoint takes one at a time: say `on_pick`
    /// when it is chosen.
    [[nodiscard]] bool is_eligible(std::uint32_t endpoint, Time now) const noexcept {
        const Host& host = hosts_[endpoint];
        return !host.ejected || (by_probe_ && now >= host.returns_at && !host.probing);
    }
    /// The endpoint was chosen.
    void on_pick(std::uint32_t endpoint) noexcept {
        hosts_[endpoint].probing = hosts_[endpoint].ejected;
    }
    /// An answer of the endpoint. True when it was ejected or came back by it.
    bool observe(Time now, std::uint32_t endpoint, Outcome outcome, int status, Random& random);
    /// A request to the endpoint was never answered, by its caller's will: a probe's place is free
    /// again.
    void abandon(std::uint32_t endpoint) noexcept { hosts_[endpoint].probing = false; }

    [[nodiscard]] Time next_sweep() const noexcept { return next_sweep_; }
    /// Judges success rates and lets return. Does nothing before `next_sweep()`. True when anything
    /// changed.
    bool sweep(Time now, Random& random);
    [[nodiscard]] bool is_ejected(std::uint32_t endpoint) const noexcept {
        return hosts_[endpoint].ejected;
    }
    [[nodiscard]] std::uint32_t ejected() const noexcept { return ejected_; }

  private:
    struct Host {
        bool ejected = false;
        bool probing = false;
        std::uint16_t row = 0;         ///< errors in a row
        std::uint16_t multiplier = 0;  ///< ejections in a row; decays per sweep in health
        std::uint32_t calls = 0;       ///< since the last sweep
        std::uint32_t errors = 0;
        std::uint32_t ema_calls = 0;  ///< since it came back
        double ema = 1;               ///< of success
        Time ema_since{};             ///< first call since it came back
        Time ema_at{};
        Time returns_at{};
    };
    bool eject(Time now, Host& host, Random& random);
    void bring_back(Host& host) noexcept;
    void sweep_at(Time at, Random& random);
    void judge_success_rates(Time at, Random& random);
    [[nodiscard]] bool ema_ejects(Time now, Host& host, bool failed) const noexcept;
    bool observe_ejected(Time now, Host& host, bool failed, Random& random);
    void lengthen(Time now, Host& host, Random& random);

    OutcomeMask failures_;
    std::uint32_t consecutive_;
    std::uint32_t volume_min_;
    std::uint32_t hosts_min_;
    std::uint32_t ema_volume_min_;
    std::uint32_t ejected_ = 0;
    std::uint32_t changes_ = 0;  ///< ejections and returns so far
    EjectionGrowth growth_;
    bool by_probe_;
    EjectionJitter jitter_;
    double ejected_max_;  ///< fraction
    double deviations_;
    double failure_share_;    ///< > 1 = never
    double success_ema_min_;  ///< < 0 = never
    Duration sweep_;
    Duration ejection_time_;
    Duration ejection_max_;
    Duration ema_window_;
    Time next_sweep_;
    std::vector<Host> hosts_;
};

}  // namespace shaketable::policies
