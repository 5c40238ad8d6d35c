/// Log-bucket histogram of times: 128 buckets an octave, exact below 128 ns; a value is known to
/// within 0.4%.
///
/// Merging adds counts, so it is exact and its order cannot matter. Recording is an index by bit
/// operations and an increment.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/units.h"

namespace shaketable::reports {

__extension__ using WideCount =
    unsigned __int128;  ///< sums of nanoseconds that 64 bits cannot hold

namespace buckets {
inline constexpr int sub_bits = 7;
inline constexpr std::uint64_t sub_count = 1U << sub_bits;
inline constexpr int octaves =
    37;  ///< up to 2^44 ns, 4.9 hours; later is clamped to the last bucket
inline constexpr std::size_t count = (octaves + 1) * sub_count;

[[nodiscard]] constexpr std::uint32_t index_of(Duration d) noexcept {
    const auto v = static_cast<std::uint64_t>(d.count());  // d >= 0
    if (v < sub_count) return static_cast<std::uint32_t>(v);
    const int shift = 63 - std::countl_zero(v) - sub_bits;
    const auto index = (static_cast<std::uint64_t>(shift) << sub_bits) + (v >> shift);
    return static_cast<std::uint32_t>(index < count ? index : count - 1);
}
/// The smallest time of a bucket, and the first time after it.
[[nodiscard]] constexpr Duration lower(std::uint32_t index) noexcept {
    if (index < sub_count) return Duration{index};
    const std::uint32_t shift = (index >> sub_bits) - 1;
    return Duration{static_cast<std::int64_t>((sub_count + (index & (sub_count - 1))) << shift)};
}
[[nodiscard]] constexpr Duration upper(std::uint32_t index) noexcept {
    return lower(index + 1);
}

/// A set of rows of `sub_count` buckets each, an octave: a bit per row.
class Rows {
  public:
    void add_row_of(std::uint32_t bucket) noexcept {
        bits_ |= std::uint64_t{1} << (bucket >> sub_bits);
    }
    /// Calls `use(first bucket)` for each row, ascending.
    template <class Use>
    void each(Use use) const {
        for (std::uint64_t left = bits_; left != 0; left &= left - 1)
            use(static_cast<std::uint32_t>(std::countr_zero(left)) << sub_bits);
    }

  private:
    static_assert(octaves + 1 <= 64);
    std::uint64_t bits_ = 0;
};
}  // namespace buckets

/// Counts of one span of time, kept sparse: what a record holds and what is merged.
class Histogram {
  public:
    /// Adds `count` values of one bucket. Buckets may come in any order.
    void add(std::uint32_t bucket, std::uint64_t count);
    void merge(const Histogram& other);
    /// Adds the counts of some rows of buckets; `counts` is indexed by bucket.
    void add_rows(const std::uint32_t* counts, buckets::Rows rows);

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The value below which a share `p` of the counts lies (nearest rank, middle of its bucket),
    /// in seconds. Precondition: count() > 0.
    [[nodiscard]] double quantile(double p) const;
    /// Share of the counts at or below `limit`, to within one bucket. Precondition: count() > 0.
    [[nodiscard]] double share_within(Duration limit) const;
    /// Sum, in exact nanoseconds, of what was recorded; kept beside the buckets, so means are
    /// exact.
    [[nodiscard]] double mean() const;  ///< seconds; precondition: count() > 0
    /// Standard deviation in seconds, every value taken as the middle of its bucket.
    /// Precondition: count() > 0.
    [[nodiscard]] double deviation() const;
    [[nodiscard]] Duration longest() const noexcept { return longest_; }
    void add_exact(WideCount sum_ns, Duration longest) noexcept;

    /// (bucket, count), ascending, no zero counts.
    [[nodiscard]] const std::vector<std::pair<std::uint32_t, std::uint64_t>>& filled()
        const noexcept {
        return filled_;
    }
    [[nodiscard]] WideCount sum_ns() const noexcept { return sum_ns_; }
    bool operator==(const Histogram&) const = default;

  private:
    std::vector<std::pair<std::uint32_t, std::uint64_t>> filled_;
    std::uint64_t count_ = 0;
    WideCount sum_ns_ = 0;
    Duration longest_{0};
};

/// The histogram a world records into: a flat array, so that recording costs a few nanoseconds. 19
/// KiB from the first value on; emptied by `drain`.
class LiveHistogram {
  public:
    void record(Duration d) {
        if (counts_.empty()) [[unlikely]]
            counts_.resize(buckets::count);  // many flows never see a call
        const std::uint32_t b = buckets::index_of(d);
        ++counts_[b];
        rows_.add_row_of(b);
        ++count_;
        sum_ns_ += static_cast<std::uint64_t>(d.count());
        longest_ = d > longest_ ? d : longest_;
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Nearest-rank quantile of what is held now, in seconds. Precondition: count() > 0.
    [[nodiscard]] double quantile(double p) const;
    [[nodiscard]] Duration longest() const noexcept { return longest_; }
    /// Calls `take(group, count)` for each group of 2^bits buckets that holds something, ascending.
    template <class Take>
    void each_group(std::uint32_t bits, Take take) const {
        std::uint64_t sum = 0;
        std::uint32_t group = 0;
        const auto end_group = [&] {
            if (sum > 0) take(group, std::exchange(sum, 0));
        };
        rows_.each([&](std::uint32_t first) {
            for (std::uint32_t b = first; b < first + buckets::sub_count; ++b) {
                if ((b >> bits) != group) end_group();
                group = b >> bits;
                sum += counts_[b];
            }
        });
        end_group();
    }
    /// Moves everything into `into` and starts again from nothing.
    void drain(Histogram& into);

  private:
    std::vector<std::uint32_t> counts_;
    buckets::Rows rows_;  ///< that hold something
    std::uint64_t count_ = 0;
    std::uint64_t sum_ns_ = 0;  ///< of one tick: 584 years of latency
    Duration longest_{0};
};

}  // namespace shaketable::reports
