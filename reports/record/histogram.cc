#include "reports/record/histogram.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace shaketable::reports {

namespace {

/// Nearest rank, 1 .. count. The small subtrahend keeps 0.07 x 100 = 7.000000000000001 at rank 7.
std::uint64_t rank_of(double p, std::uint64_t count) {
    const double exact = std::ceil(p * static_cast<double>(count) - 1e-9);
    if (!(exact >= 1)) return 1;
    const auto rank = static_cast<std::uint64_t>(exact);
    return rank < count ? rank : count;
}

/// Middle of a bucket in seconds; the middle of a bucket of one nanosecond is that nanosecond.
double middle_of(std::uint32_t bucket, Duration longest) {
    const std::int64_t first = buckets::lower(bucket).count();
    const std::int64_t last = buckets::upper(bucket).count() - 1;
    const Duration middle{first + (last - first) / 2};
    return to_seconds(longest.count() > 0 && longest < middle ? longest : middle);
}

}  // namespace

void Histogram::add(std::uint32_t bucket, std::uint64_t count) {
    SHAKETABLE_CHECK(bucket < buckets::count, "a bucket within the histogram");
    if (count == 0) return;
    count_ += count;
    if (filled_.empty() || filled_.back().first < bucket) {
        filled_.emplace_back(bucket, count);
        return;
    }
    const auto at =
        std::lower_bound(filled_.begin(), filled_.end(), bucket,
                         [](const auto& have, std::uint32_t b) { return have.first < b; });
    if (at->first == bucket)
        at->second += count;
    else
        filled_.emplace(at, bucket, count);
}

void Histogram::merge(const Histogram& other) {
    add_exact(other.sum_ns_, other.longest_);
    if (other.filled_.empty()) return;
    count_ += other.count_;
    if (filled_.empty()) {
        filled_ = other.filled_;
        return;
    }
    std::vector<std::pair<std::uint32_t, std::uint64_t>> both;
    both.reserve(filled_.size() + other.filled_.size());
    auto a = filled_.cbegin();
    auto b = other.filled_.cbegin();
    while (a != filled_.cend() && b != other.filled_.cend()) {
        if (a->first < b->first) {
            both.push_back(*a++);
        } else if (b->first < a->first) {
            both.push_back(*b++);
        } else {
            both.emplace_back(a->first, a->second + b->second);
            ++a;
            ++b;
        }
    }
    both.insert(both.end(), a, filled_.cend());
    both.insert(both.end(), b, other.filled_.cend());
    filled_ = std::move(both);
}

void Histogram::add_rows(const std::uint32_t* counts, buckets::Rows rows) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> both;
    both.reserve(filled_.size() + 64);
    auto have = filled_.cbegin();
    rows.each([&](std::uint32_t first) {
        for (std::uint32_t bucket = first; bucket < first + buckets::sub_count; ++bucket) {
            if (counts[bucket] == 0) continue;
            while (have != filled_.cend() && have->first < bucket) both.push_back(*have++);
            std::uint64_t count = counts[bucket];
            count_ += count;
            if (have != filled_.cend() && have->first == bucket) count += (have++)->second;
            both.emplace_back(bucket, count);
        }
    });
    both.insert(both.end(), have, filled_.cend());
    filled_ = std::move(both);
}

double Histogram::quantile(double p) const {
    SHAKETABLE_CHECK(count_ > 0, "a quantile is of at least one value");
    std::uint64_t left = rank_of(p, count_);
    for (const auto& [bucket, count] : filled_) {
        if (left <= count) return middle_of(bucket, longest_);
        left -= count;
    }
    return middle_of(filled_.back().first, longest_);
}

double Histogram::share_within(Duration limit) const {
    SHAKETABLE_CHECK(count_ > 0, "a share is of at least one value");
    if (limit.count() < 0) return 0;
    const std::uint32_t last = buckets::index_of(limit);
    std::uint64_t within = 0;
    for (const auto& [bucket, count] : filled_) {
        if (bucket > last) break;
        within += count;
    }
    return static_cast<double>(within) / static_cast<double>(count_);
}

double Histogram::mean() const {
    SHAKETABLE_CHECK(count_ > 0, "a mean is of at least one value");
    return static_cast<double>(sum_ns_) / static_cast<double>(count_) * 1e-9;
}

double Histogram::deviation() const {
    SHAKETABLE_CHECK(count_ > 0, "a deviation is of at least one value");
    const double middle = mean();
    double squares = 0;
    for (const auto& [bucket, count] : filled_) {
        const double off = middle_of(bucket, longest_) - middle;
        squares += off * off * static_cast<double>(count);
    }
    return std::sqrt(squares / static_cast<double>(count_));
}

void Histogram::add_exact(WideCount sum_ns, Duration longest) noexcept {
    sum_ns_ += sum_ns;
    longest_ = std::max(longest_, longest);
}

double LiveHistogram::quantile(double p) const {
    SHAKETABLE_CHECK(count_ > 0, "a quantile is of at least one value");
    std::uint64_t left = rank_of(p, count_);
    std::uint32_t found = 0;
    rows_.each([&](std::uint32_t first) {
        for (std::uint32_t bucket = first; left > 0 && bucket < first + buckets::sub_count;
             ++bucket) {
            const std::uint64_t count = counts_[bucket];
            if (count > 0) found = bucket;
            left -= std::min(left, count);
        }
    });
    return middle_of(found, longest_);
}

void LiveHistogram::drain(Histogram& into) {
    if (count_ == 0) return;
    into.add_exact(sum_ns_, longest_);
    into.add_rows(counts_.data(), rows_);
    rows_.each(
        [&](std::uint32_t first) { std::fill_n(counts_.begin() + first, buckets::sub_count, 0U); });
    rows_ = {};
    count_ = 0;
    sum_ns_ = 0;
    longest_ = Duration{0};
}

}  // namespace shaketable::reports
