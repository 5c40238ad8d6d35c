/// Counter-based dice: the n-th draw of a stream depends on its key and n alone, never on the order
/// of events.
///
/// A stream is keyed by (seed, repeat, stream id, purpose), the id being a name: adding a service
/// or a fault moves nobody else's dice, and variants run on common random numbers.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11 (Philox4x32-10, from
/// Random123).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace shaketable {

namespace detail {
/// What most draws need of a strip of a ziggurat: the width as in ziggurat.h, and the right edge of
/// the strip above it.
struct Strip {
    double width, next_edge;
};
extern const std::array<Strip, 256> exponential_strips;
}  // namespace detail

/// 64 bits that name one stream of dice.
struct RandomKey {
    std::uint64_t bits = 0;
    bool operator==(const RandomKey&) const = default;
};

/// Stable across platforms, compilers and versions. Different parts give independent keys.
[[nodiscard]] RandomKey random_key(std::uint64_t seed, std::uint64_t repeat,
                                   std::string_view stream, std::string_view purpose) noexcept;

/// One block of Philox4x32-10: two words of 64 bits for a key and a counter. Open for its
/// known-answer test.
[[nodiscard]] std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t counter_low,
                                                  std::uint64_t counter_high) noexcept;

/// One stream. A value: copying it copies its position. 64 bytes; draws are buffered four words of
/// 64 bits at a time.
class Random {
  public:
    Random() = default;
    explicit Random(RandomKey key) noexcept : key_{key.bits} {}

    /// The stream `ordinal` of a family: the same dice whenever the same crossing is judged again.
    /// Ordinal 0 is the plain stream of the key.
    [[nodiscard]] static Random at(RandomKey key, std::uint64_t ordinal) noexcept;

    /// 64 fair bits.
    [[nodiscard]] std::uint64_t next() noexcept {
        if (used_ == buffer_.size()) [[unlikely]]
            refill();
        return buffer_[used_++];
    }
    /// Uniform on (0, 1): the centres of 2^52 equal cells, never 0 and never 1.
    [[nodiscard]] double uniform() noexcept {
        // An odd number of 53 bits is exact; adding 0.5 to one would round the last cell up to 1.
        return high_bits(next()) * 0x1p-53;
    }
    /// Uniform on 0 .. bound-1, without modulo bias worth speaking of (multiply-shift).
    /// Precondition: bound > 0.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound) noexcept {
        return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
    }
    /// True with probability `p`; draws always once, whatever p is.
    [[nodiscard]] bool chance(double p) noexcept { return uniform() < p; }

    /// Standard exponential (mean 1), by the ziggurat method. Source: Marsaglia & Tsang, JSS 5(8),
    /// 2000.
    [[nodiscard]] double exponential() noexcept {
        const std::uint64_t bits = next();
        const detail::Strip& strip = detail::exponential_strips[bits & 255U];
        const double x = high_bits(bits) * strip.width;
        if (x < strip.next_edge) [[likely]]
            return x;
        return exponential_beyond(bits, x);
    }
    /// Standard normal, by the ziggurat method.
    [[nodiscard]] double normal() noexcept;

  private:
    /// The 53 high bits, made odd: times 2^-53 it is uniform on (0, 1). Leaves the 11 low bits for
    /// other uses.
    [[nodiscard]] static double high_bits(std::uint64_t bits) noexcept {
        return static_cast<double>((bits >> 11U) | 1U);
    }
    void refill() noexcept;
    [[nodiscard]] double exponential_beyond(std::uint64_t bits, double x) noexcept;

    std::uint64_t key_ = 0;
    std::uint64_t stream_ = 0;  ///< high half of the counter: the ordinal of `at`
    std::uint64_t block_ = 0;   ///< low half of the counter, in refills
    std::uint32_t used_ = 4;
    std::array<std::uint64_t, 4> buffer_{};
};

}  // namespace shaketable
