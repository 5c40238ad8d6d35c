#include "policies/latency_sketch.h"

#include <algorithm>
#include <bit>

namespace shaketable::policies {
namespace {

constexpr int shift = 10;  ///< the finest bin is 2^10 / 8 ns wide: about an eighth of a microsecond
constexpr std::size_t bins = 320;  ///< 8 below 2^10 ns, then 8 for each power of two up to 2^49 ns

[[nodiscard]] std::size_t bin_of(std::uint64_t ns) noexcept {
    if (ns < (1U << shift)) return ns >> (shift - 3);
    const int power = static_cast<int>(std::bit_width(ns)) - 1;
    const auto within = (ns >> (power - 3)) & 7U;
    return std::min(bins - 1, static_cast<std::size_t>(power - shift + 1) * 8 + within);
}

[[nodiscard]] std::int64_t lower_edge(std::size_t bin) noexcept {
    const std::size_t octave = bin / 8;
    const auto within = static_cast<std::int64_t>(bin % 8);
    if (octave == 0) return within << (shift - 3);
    return (8 + within) << (static_cast<int>(octave) + shift - 4);
}

}  // namespace

LatencySketch::LatencySketch(std::uint32_t memory) : memory_{memory}, bins_(bins) {}

void LatencySketch::add(Duration latency) noexcept {
    if (count_ >= memory_) halve();
    ++bins_[bin_of(static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count())))];
    ++count_;
}

/// Half a sample that is left over goes on into the next bin: cutting it off would wear away the
/// thin tail.
void LatencySketch::halve() noexcept {
    std::uint32_t left_over = 0;
    count_ = 0;
    for (std::uint16_t& b : bins_) {
        const std::uint32_t halves = b + left_over;
        b = static_cast<std::uint16_t>(halves / 2);
        left_over = halves % 2;
        count_ += b;
    }
}

Duration LatencySketch::quantile(double share) const noexcept {
    double left = share * count_;
    std::size_t last = 0;
    for (std::size_t i = 0; i < bins; ++i) {
        if (bins_[i] == 0) continue;
        last = i;
        if (left <= bins_[i]) break;
        left -= bins_[i];
    }
    const std::int64_t low = lower_edge(last);
    const std::int64_t width = lower_edge(last + 1) - low;
    const double part = std::clamp(left / bins_[last], 0.0, 1.0);
    return Duration{low + static_cast<std::int64_t>(part * static_cast<double>(width))};
}

void LatencySketch::clear() noexcept {
    count_ = 0;
    std::fill(bins_.begin(), bins_.end(), std::uint16_t{0});
}

}  // namespace shaketable::policies
