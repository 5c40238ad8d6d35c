#include "model/cores.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace shaketable::model {

double Cores::rate() const noexcept {
    const auto n = static_cast<double>(works_.size());
    return speed_ * (n <= cores_ ? 1.0 : cores_ / n);
}

void Cores::advance(Time now) {
    if (!works_.empty()) virtual_ += static_cast<double>((now - last_).count()) * rate();
    last_ = now;
}

void Cores::add(Time now, std::uint32_t walker, Duration work) {
    advance(now);
    if (works_.empty()) virtual_ = 0;  // keeps the doubles small, and so exact
    works_.push_back({virtual_ + static_cast<double>(work.count()), serial_++, walker});
    std::push_heap(works_.begin(), works_.end(), later);
}

void Cores::remove(Time now, std::uint32_t walker) {
    advance(now);
    const auto found = std::find_if(works_.begin(), works_.end(),
                                    [&](const Work& w) { return w.walker == walker; });
    if (found == works_.end()) return;
    works_.erase(found);
    std::make_heap(works_.begin(), works_.end(), later);
}

bool Cores::set_speed(Time now, double speed) {
    if (speed == speed_) return false;
    advance(now);
    speed_ = speed;
    return true;
}

Time Cores::next_end(Time now) const {
    const double pace = works_.empty() ? 0 : rate();
    if (pace <= 0) return never;
    const double virtual_now = virtual_ + static_cast<double>((now - last_).count()) * pace;
    const double left = works_.front().tag - virtual_now;
    const double wait = std::min(std::ceil(left / pace), static_cast<double>(ten_years.count()));
    return left <= 0 ? now : now + Duration{static_cast<std::int64_t>(wait)};
}

std::uint32_t Cores::take_first(Time now) {
    SHAKETABLE_CHECK(!works_.empty(), "take_first() of idle cores");
    advance(now);
    std::pop_heap(works_.begin(), works_.end(), later);
    const std::uint32_t walker = works_.back().walker;
    works_.pop_back();
    return walker;
}

}  // namespace shaketable::model
