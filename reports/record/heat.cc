#include "reports/record/heat.h"

#include <algorithm>

namespace shaketable::reports {

namespace {

/// Adds to the cell of a band in the last column, which begins at or after `first`.
void add_cell(std::vector<HeatMap::Cell>& cells, std::uint32_t column, std::uint32_t band,
              std::uint64_t count) {
    constexpr std::uint64_t most = 0xFFFF'FFFF;
    const HeatMap::Cell wanted{static_cast<std::uint16_t>(column), static_cast<std::uint16_t>(band),
                               0};
    const auto before = [](const HeatMap::Cell& a, const HeatMap::Cell& b) {
        return a.column != b.column ? a.column < b.column : a.band < b.band;
    };
    auto at = cells.end();
    if (!cells.empty() && !before(cells.back(), wanted))
        at = std::lower_bound(cells.begin(), cells.end(), wanted, before);
    if (at == cells.end() || at->column != wanted.column || at->band != wanted.band)
        at = cells.insert(at, wanted);
    at->count = static_cast<std::uint32_t>(std::min<std::uint64_t>(at->count + count, most));
}

}  // namespace

void HeatMap::double_columns() {
    every *= 2;
    for (std::vector<Cell>& cells : flows) {
        std::vector<Cell> joined;
        joined.reserve(cells.size());
        for (const Cell& cell : cells) add_cell(joined, cell.column / 2U, cell.band, cell.count);
        cells = std::move(joined);
    }
}

void HeatMap::make_room(std::uint64_t column) {
    const auto is_full = [&] {
        if (column >= columns_max) return true;
        if (column == 0) return false;
        std::size_t cells = 0;
        for (const std::vector<Cell>& flow : flows) cells += flow.size();
        return cells > cells_max;
    };
    for (; is_full(); column /= 2) double_columns();
}

void HeatMap::add(std::size_t flow, std::uint32_t column, const LiveHistogram& live) {
    live.each_group(band_bits, [&](std::uint32_t band, std::uint64_t count) {
        add_cell(flows[flow], column, band, count);
    });
}

}  // namespace shaketable::reports
