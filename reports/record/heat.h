/// Latencies of calls over time, coarse: what a heat map is drawn from.
///
/// Bands are quarter octaves (a band's upper end is 1.19 times its lower one, on average), columns
/// are equal spans of time. Counts are exact: every successful call that settled is in one cell.
///
/// Memory is bounded whatever the length of the run: when there would be more than `columns_max`
/// columns or more than `cells_max` cells in all, pairs of columns are added together and a column
/// is twice as long. At most 8 bytes x (cells_max + flows x bands) = 8 MB and 1.2 KB a flow.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"
#include "reports/record/histogram.h"

namespace shaketable::reports {

struct HeatMap {
    static constexpr std::uint32_t band_bits = 5;  ///< buckets of a histogram in a band: 2^5
    static constexpr std::uint32_t bands = static_cast<std::uint32_t>(buckets::count >> band_bits);
    static constexpr std::uint32_t columns_max = 256;
    static constexpr std::size_t cells_max = 1'000'000;

    /// Calls of one band in one column; never 0.
    struct Cell {
        std::uint16_t column = 0;
        std::uint16_t band = 0;
        std::uint32_t count = 0;
        bool operator==(const Cell&) const = default;
    };

    Duration every{0};                     ///< length of a column; 0: nothing was kept
    std::vector<std::vector<Cell>> flows;  ///< [flow]; ascending by column, then band

    /// The smallest time of a band, and the first time after it.
    [[nodiscard]] static constexpr Duration lower(std::uint32_t band) noexcept {
        return buckets::lower(band << band_bits);
    }
    [[nodiscard]] static constexpr Duration upper(std::uint32_t band) noexcept {
        return lower(band + 1);
    }
    /// Makes columns longer until the one that has number `column` at their present length fits.
    void make_room(std::uint64_t column);
    /// Adds what `live` holds to a column of a flow. Columns of a flow come in ascending order.
    void add(std::size_t flow, std::uint32_t column, const LiveHistogram& live);
    bool operator==(const HeatMap&) const = default;

  private:
    void double_columns();
};

}  // namespace shaketable::reports
