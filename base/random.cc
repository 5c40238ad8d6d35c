#include "base/random.h"

#include <bit>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <Random123/philox.h>

#include "base/math.h"
#include "base/ziggurat.h"

namespace shaketable {
namespace {

/// A bijection of 64 bits in which each input bit moves each output bit half of the time.
/// Source: D. Stafford, "Better bit mixing", variant 13.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

constexpr std::uint64_t absorb(std::uint64_t state, std::uint64_t word) noexcept {
    return mix(std::rotl(state, 23) + mix(word + 0x9e3779b97f4a7c15ULL));
}

/// Length first, so that ("ab", "c") and ("a", "bc") differ; bytes are put together by hand, so
/// endianness is out.
constexpr std::uint64_t absorb(std::uint64_t state, std::string_view text) noexcept {
    state = absorb(state, text.size());
    for (std::size_t i = 0; i < text.size(); i += 8) {
        std::uint64_t word = 0;
        for (std::size_t j = 0; j < 8 && i + j < text.size(); ++j)
            word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i + j])) << (8 * j);
        state = absorb(state, word);
    }
    return state;
}

/// In registers: an array that goes through memory is read before it has got there.
struct Block {
    std::uint64_t first, second;
};
Block block_of(std::uint64_t key, std::uint64_t counter_low, std::uint64_t counter_high) noexcept {
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
    const r123::Philox4x32::ctr_type counter{
        {low(counter_low), high(counter_low), low(counter_high), high(counter_high)}};
    const r123::Philox4x32::key_type key_words{{low(key), high(key)}};
    const auto block = r123::Philox4x32{}(counter, key_words);
    const auto word = [&](std::size_t i) {
        return static_cast<std::uint64_t>(block[i]) | static_cast<std::uint64_t>(block[i + 1])
                                                          << 32U;
    };
    return {word(0), word(2)};
}

}  // namespace

RandomKey random_key(std::uint64_t seed, std::uint64_t repeat, std::string_view stream,
                     std::string_view purpose) noexcept {
    std::uint64_t state = absorb(0x73686b7461626c65ULL, seed);
    state = absorb(state, repeat);
    state = absorb(state, stream);
    return {absorb(state, purpose)};
}

std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t counter_low,
                                    std::uint64_t counter_high) noexcept {
    const Block block = block_of(key, counter_low, counter_high);
    return {block.first, block.second};
}

Random Random::at(RandomKey key, std::uint64_t ordinal) noexcept {
    Random random{key};
    random.stream_ = ordinal;
    return random;
}

#if defined(__SSE2__)

namespace {

/// Two blocks of Philox4x32-10 in step: of each block, the words 0 and 2 in `even`, 1 and 3 in
/// `odd`, in the low halves of 64-bit lanes. What the high halves hold is never read.
struct TwoBlocks {
    __m128i even[2], odd[2];
};

TwoBlocks run_rounds(TwoBlocks b, std::uint64_t key) noexcept {
    const __m128i multipliers = _mm_set_epi64x(0xCD9E8D57, 0xD2511F53);
    const __m128i bump = _mm_set_epi64x(static_cast<std::int64_t>(0xBB67AE85), 0x9E3779B9);
    __m128i keys = _mm_set_epi64x(static_cast<std::int64_t>(key >> 32U),
                                  static_cast<std::int64_t>(key & 0xFFFF'FFFFU));
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 2; ++i) {
            // The products of words 0 and 2 change places: low halves become odd words.
            const __m128i product = _mm_shuffle_epi32(_mm_mul_epu32(b.even[i], multipliers), 0x4E);
            const __m128i high = _mm_srli_epi64(product, 32);
            b.even[i] = _mm_xor_si128(_mm_xor_si128(high, b.odd[i]), keys);
            b.odd[i] = product;
        }
        keys = _mm_add_epi32(keys, bump);
    }
    return b;
}

}  // namespace

[[gnu::noinline]] void Random::refill() noexcept {
    const auto lanes = [](std::uint64_t low, std::uint64_t high) {
        return _mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low));
    };
    const std::uint64_t counter = 2 * block_;  // even: its successor differs in the lowest bit only
    TwoBlocks b;
    b.even[0] = lanes(counter, stream_);
    b.even[1] = lanes(counter | 1U, stream_);
    b.odd[0] = b.odd[1] = lanes(counter >> 32U, stream_ >> 32U);
    b = run_rounds(b, key_);
    for (int i = 0; i < 2; ++i) {
        const __m128i low = _mm_and_si128(b.even[i], _mm_set1_epi64x(0xFFFF'FFFF));
        const __m128i words = _mm_or_si128(low, _mm_slli_epi64(b.odd[i], 32));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(buffer_.data() + 2 * i), words);
    }
    ++block_;
    used_ = 0;
}

#else

[[gnu::noinline]] void Random::refill() noexcept {
    const Block low = block_of(key_, 2 * block_, stream_);
    const Block high = block_of(key_, 2 * block_ + 1, stream_);
    buffer_ = {low.first, low.second, high.first, high.second};
    ++block_;
    used_ = 0;
}

#endif

namespace detail {
constinit const std::array<Strip, 256> exponential_strips = [] {
    std::array<Strip, 256> strips{};
    for (std::size_t i = 0; i < strips.size(); ++i)
        strips[i] = {exponential_ziggurat.width[i], exponential_ziggurat.edge[i + 1]};
    return strips;
}();
}  // namespace detail

/// The rest of a draw that `x` in the strip of `bits` did not settle.
double Random::exponential_beyond(std::uint64_t bits, double x) noexcept {
    constexpr const detail::Ziggurat& table = detail::exponential_ziggurat;
    double passed = 0;  // beyond the last strip the law starts anew: it has no memory
    for (;;) {
        const std::size_t strip = bits & 255U;
        if (x < table.edge[strip + 1]) return passed + x;
        if (strip == 0) {
            passed += table.edge[1];
        } else {
            const double low = table.density[strip];
            if (low + uniform() * (table.density[strip + 1] - low) < stable_exp(-x))
                return passed + x;
        }
        bits = next();
        x = high_bits(bits) * table.width[bits & 255U];
    }
}

double Random::normal() noexcept {
    constexpr const detail::Ziggurat& table = detail::normal_ziggurat;
    for (;;) {
        const std::uint64_t bits = next();
        const std::size_t strip = bits & 255U;
        const double x = high_bits(bits) * table.width[strip];
        const auto with_sign = [bits](double size) { return (bits & 256U) != 0 ? -size : size; };
        if (x < table.edge[strip + 1]) [[likely]]
            return with_sign(x);
        if (strip == 0) {  // the tail, by Marsaglia's rejection from an exponential
            const double start = table.edge[1];
            double beyond = 0;
            double height = 0;
            do {
                beyond = exponential() / start;
                height = exponential();
            } while (2 * height < beyond * beyond);
            return with_sign(start + beyond);
        }
        const double low = table.density[strip];
        if (low + uniform() * (table.density[strip + 1] - low) < stable_exp(-0.5 * x * x))
            return with_sign(x);
    }
}

}  // namespace shaketable
