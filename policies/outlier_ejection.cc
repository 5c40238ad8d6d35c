#include "policies/outlier_ejection.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "policies/presets_endpoint.h"

namespace shaketable::policies {
namespace {

using std::chrono::seconds;

[[nodiscard]] std::vector<OutcomeClass> errors_of(const OutlierEjection& o) {
    if (!o.counts.empty()) return o.counts;
    return {OutcomeClass::error_5xx, OutcomeClass::timeout, OutcomeClass::unreachable,
            OutcomeClass::refused};
}

[[nodiscard]] bool is_out_of_unit(const std::optional<Share>& s) {
    return s && !(s->fraction >= 0 && s->fraction <= 1);
}

}  // namespace

std::optional<Problem> OutlierEjection::find_problem() const {
    if (!preset.empty() && !ejection_preset(preset))
        return unknown_preset(preset, ejection_preset_names());
    const OutlierEjection o = with_preset(*this);
    if (o.consecutive.value_or(5) > 60'000)
        return problem_of("consecutive", "E023", "consecutive must be at most 60000");
    const auto is_bad = [](const std::optional<Duration>& d) {
        return d && *d <= Duration::zero();
    };
    if (is_bad(sweep)) return problem_of("sweep", "E024", "sweep must be more than 0");
    if (is_bad(ejection_time))
        return problem_of("ejection_time", "E024", "ejection_time must be more than 0");
    if (o.ejection_max.value_or(seconds{300}) < o.ejection_time.value_or(seconds{30}))
        return problem_of("ejection_max", "E023", "ejection_max is shorter than ejection_time");
    if (is_bad(ema_window))
        return problem_of("ema_window", "E024", "ema_window must be more than 0");
    if (is_out_of_unit(ejected_max))
        return problem_of("ejected_max", "E023", "ejected_max must be from 0% to 100%");
    if (is_out_of_unit(failure_share))
        return problem_of("failure_share", "E023", "failure_share must be from 0% to 100%");
    if (is_out_of_unit(success_ema_min))
        return problem_of("success_ema_min", "E023", "success_ema_min must be from 0% to 100%");
    if ((ema_window || ema_volume_min) && !o.success_ema_min)
        return problem_of(ema_window ? "ema_window" : "ema_volume_min", "E014",
                          "without `success_ema_min` there is no moving average", "write it, too");
    if (deviations && !(*deviations >= 0 && *deviations <= 100))
        return problem_of("deviations", "E023", "deviations must be from 0 to 100");
    return std::nullopt;
}

EjectionMachine::EjectionMachine(const OutlierEjection& settings, std::uint32_t endpoints)
    : hosts_(endpoints) {
    const OutlierEjection o = with_preset(settings);
    failures_ = OutcomeMask{errors_of(o)};
    consecutive_ = o.consecutive.value_or(5);
    volume_min_ = o.volume_min.value_or(100);
    hosts_min_ = o.hosts_min.value_or(5);
    ema_volume_min_ = o.ema_volume_min.value_or(5);
    growth_ = o.growth.value_or(EjectionGrowth::linear);
    by_probe_ = o.comes_back.value_or(EjectionReturn::sweep) == EjectionReturn::probe;
    jitter_ = o.jitter.value_or(EjectionJitter::none);
    ejected_max_ = o.ejected_max.value_or(Share{0.1}).fraction;
    deviations_ = o.deviations.value_or(1.9);
    failure_share_ = o.failure_share ? o.failure_share->fraction : 2;
    success_ema_min_ = o.success_ema_min ? o.success_ema_min->fraction : -1;
    sweep_ = o.sweep.value_or(seconds{10});
    ejection_time_ = o.ejection_time.value_or(seconds{30});
    ejection_max_ = o.ejection_max.value_or(seconds{300});
    ema_window_ = o.ema_window.value_or(seconds{30});
    next_sweep_ = Time{sweep_};
}

bool EjectionMachine::observe(Time now, std::uint32_t endpoint, Outcome outcome, int status,
                              Random& random) {
    Host& host = hosts_[endpoint];
    const bool failed = failures_.contains(outcome, status);
    if (host.ejected) return observe_ejected(now, host, failed, random);
    ++host.calls;
    if (failed) ++host.errors;
    const bool too_low = ema_ejects(now, host, failed);
    if (!failed) {
        host.row = 0;
        return false;
    }
    ++host.row;
    const bool too_many = consecutive_ > 0 && host.row >= consecutive_;
    if (!too_many && !too_low) return false;
    host.row = 0;
    return eject(now, host, random);
}

bool EjectionMachine::observe_ejected(Time now, Host& host, bool failed, Random& random) {
    if (!host.probing) return false;  // sent before it was ejected
    host.probing = false;
    if (!failed) {
        bring_back(host);
        host.multiplier = 0;
        return true;
    }
    lengthen(now, host, random);
    return false;
}

/// A moving average over time. A call long after the last one weighs more. Source: Finagle util
/// Ema, with its rule that nothing is judged before one full window and so many requests.
bool EjectionMachine::ema_ejects(Time now, Host& host, bool failed) const noexcept {
    if (success_ema_min_ < 0) return false;
    const double value = failed ? 0 : 1;
    if (host.ema_calls++ == 0) {
        host.ema = value;
        host.ema_since = now;
    } else {
        const double kept = stable_exp(-to_seconds(now - host.ema_at) / to_seconds(ema_window_));
        host.ema = host.ema * kept + value * (1 - kept);
    }
    host.ema_at = now;
    return now - host.ema_since >= ema_window_ && host.ema_calls >= ema_volume_min_ &&
           host.ema < success_ema_min_;
}

bool EjectionMachine::eject(Time now, Host& host, Random& random) {
    if (host.ejected) return false;
    const double allowed = ejected_max_ * static_cast<double>(hosts_.size()) + 1e-9;
    if (ejected_ + 1 > allowed) return false;
    host.ejected = true;
    host.probing = false;
    ++ejected_;
    ++changes_;
    lengthen(now, host, random);
    return true;
}

/// One ejection more in a row.
void EjectionMachine::lengthen(Time now, Host& host, Random& random) {
    if (host.multiplier < 10'000) ++host.multiplier;
    const double longest = std::min(static_cast<double>(ejection_max_.count()), 8.64e15);
    double time = static_cast<double>(ejection_time_.count());
    if (growth_ == EjectionGrowth::linear) {
        time *= host.multiplier;
    } else {
        for (int i = 1; i < host.multiplier && time < longest; ++i) time *= 2;
    }
    time = std::min(time, longest);
    if (jitter_ == EjectionJitter::equal) time = time / 2 + time / 2 * random.uniform();
    if (jitter_ == EjectionJitter::upward) time += time / 2 * random.uniform();
    host.returns_at = now + Duration{static_cast<std::int64_t>(time + 0.5)};
}

void EjectionMachine::bring_back(Host& host) noexcept {
    --ejected_;
    ++changes_;
    const std::uint16_t multiplier = host.multiplier;
    host = Host{};
    host.multiplier = multiplier;
}

bool EjectionMachine::sweep(Time now, Random& random) {
    if (now < next_sweep_) return false;
    const std::uint32_t changes_before = changes_;
    while (next_sweep_ <= now) {
        sweep_at(next_sweep_, random);
        next_sweep_ += sweep_;
    }
    return changes_ != changes_before;
}

void EjectionMachine::sweep_at(Time at, Random& random) {
    if (!by_probe_) {
        for (Host& host : hosts_) {
            if (host.ejected && at >= host.returns_at)
                bring_back(host);
            else if (!host.ejected && host.multiplier > 0)
                --host.multiplier;
        }
    }
    judge_success_rates(at, random);
    for (Host& host : hosts_) host.calls = host.errors = 0;
}

void EjectionMachine::judge_success_rates(Time at, Random& random) {
    double sum = 0;
    double squares = 0;
    std::uint32_t judged = 0;
    const auto rate_of = [](const Host& h) {
        return static_cast<double>(h.calls - h.errors) / h.calls;
    };
    const auto is_judged = [this](const Host& h) {
        return !h.ejected && h.calls > 0 && h.calls >= volume_min_;
    };
    for (const Host& host : hosts_) {
        if (!is_judged(host)) continue;
        ++judged;
        sum += rate_of(host);
    }
    if (judged == 0 || judged < hosts_min_) return;
    const double mean = sum / judged;
    for (const Host& host : hosts_)
        if (is_judged(host)) squares += (rate_of(host) - mean) * (rate_of(host) - mean);
    const double least = mean - deviations_ * std::sqrt(squares / judged);
    for (Host& host : hosts_) {
        if (!is_judged(host)) continue;
        const bool is_outlier = deviations_ > 0 && rate_of(host) < least;
        const bool fails_often = host.errors >= failure_share_ * host.calls;
        if (is_outlier || fails_often) eject(at, host, random);
    }
}

}  // namespace shaketable::policies
