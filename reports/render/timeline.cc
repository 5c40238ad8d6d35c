#include "reports/render/timeline.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reports/band.h"
#include "reports/metrics/shares.h"
#include "reports/render/figures.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

constexpr std::size_t label_width = 18;
constexpr std::size_t entries_most = 5;
constexpr std::size_t faults_most = 8;

/// The columns of the chart: which steps each one covers.
struct Grid {
    std::size_t columns = 0;
    std::size_t steps = 0;
    [[nodiscard]] std::size_t first(std::size_t column) const { return column * steps / columns; }
    /// At least one step, so that a short run is stretched over the whole width.
    [[nodiscard]] std::size_t last(std::size_t column) const {
        return std::max((column + 1) * steps / columns, first(column) + 1);
    }
};

struct Line {
    std::vector<double> success, p99;  ///< -1 without calls
};

Line line_of(const Record& record, const Entry& entry, const Grid& grid) {
    std::vector<std::vector<StepTotals>> repeats;
    for (const Repeat& repeat : record.repeats) repeats.push_back(step_totals(repeat, entry.rows));
    Line line;
    for (std::size_t c = 0; c < grid.columns; ++c) {
        std::uint64_t succeeded = 0, settled = 0;
        double p99 = -1;
        for (std::size_t k = grid.first(c); k < grid.last(c); ++k) {
            double sum = 0;
            std::size_t n = 0;
            for (const auto& steps : repeats) {
                if (k >= steps.size()) continue;
                succeeded += steps[k].succeeded;
                settled += steps[k].succeeded + steps[k].failed;
                if (steps[k].p99 < 0) continue;
                sum += steps[k].p99;
                ++n;
            }
            if (n > 0) p99 = std::max(p99, sum / static_cast<double>(n));
        }
        line.success.push_back(settled > 0 ? ratio(succeeded, settled) : -1);
        line.p99.push_back(p99);
    }
    return line;
}

/// A label, right-aligned before the chart.
std::string label(std::string_view text, const Paint& paint) {
    return paint.dim("  " + right(text, label_width, paint.ascii()) + " ");
}

std::string fault_band(const Record& record, const std::string& fault, const Grid& grid,
                       const Paint& paint) {
    std::vector<bool> active(grid.columns, false);
    const double step = to_seconds(record.sample_every);
    for (const NamedSpan& span : record.repeats.front().spans) {
        if (span.name != fault) continue;
        const double from = to_seconds(span.start.time_since_epoch()) / step;
        const double to = to_seconds(span.end.time_since_epoch()) / step;
        for (std::size_t c = 0; c < grid.columns; ++c)
            if (static_cast<double>(grid.first(c)) < to && static_cast<double>(grid.last(c)) > from)
                active[c] = true;
    }
    std::string band;
    for (const bool on : active) band += on ? (paint.ascii() ? "=" : "━") : " ";
    band.erase(band.find_last_not_of(' ') + 1);
    return label(harmless(fault), paint) + paint.red(band) + "\n";
}

std::string axis(const Record& record, const Grid& grid, const Paint& paint) {
    std::string text(grid.columns, ' ');
    constexpr std::size_t parts = 4;
    const double run = to_seconds(record.sample_every) * static_cast<double>(grid.steps);
    for (std::size_t i = 0; i <= parts; ++i) {
        const std::string tick = clock_time(run * static_cast<double>(i) / parts);
        const std::size_t at = i == parts ? grid.columns - tick.size() : grid.columns * i / parts;
        if (at + tick.size() <= text.size()) text.replace(at, tick.size(), tick);
    }
    return label("", paint) + paint.dim(text) + "\n";
}

}  // namespace

std::string sparkline(const std::vector<double>& values, double most, bool ascii) {
    constexpr std::array<std::string_view, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 8> signs{"_", ".", "-", "~", "=", "+", "*", "#"};
    std::string text;
    for (const double value : values) {
        if (value < 0) {
            text += ' ';
            continue;
        }
        const double part = most > 0 ? std::min(value / most, 1.0) : 0;
        const auto level = std::min(static_cast<std::size_t>(part * 8), std::size_t{7});
        text += (ascii ? signs : bars)[level];
    }
    return text;
}

std::string timeline(const Record& record, const TerminalStyle& style) {
    const Paint paint{style};
    const std::vector<Entry> entries = entries_of(record);
    Grid grid;
    for (const Repeat& repeat : record.repeats)
        for (const Entry& entry : entries)
            for (const std::uint32_t row : entry.rows)
                if (row < repeat.flow_samples.size())
                    grid.steps = std::max(grid.steps, repeat.flow_samples[row].size());
    if (grid.steps == 0) return {};
    grid.columns = static_cast<std::size_t>(std::max(style.width, 80)) - label_width - 3;

    std::string text = paint.bold("OVER TIME") + "\n";
    for (std::size_t e = 0; e < std::min(entries.size(), entries_most); ++e) {
        const Line line = line_of(record, entries[e], grid);
        const double slowest = *std::max_element(line.p99.begin(), line.p99.end());
        text += "  " + harmless(entries[e].name) + "\n";
        text += label("success", paint) + sparkline(line.success, 1, paint.ascii()) + "\n";
        if (slowest < 0) continue;
        text += label("p99 to " + figure(slowest, scenarios::Unit::seconds), paint) +
                sparkline(line.p99, slowest, paint.ascii()) + "\n";
    }
    if (entries.size() > entries_most)
        text += paint.dim(fmt::format("  and {} in the result file\n",
                                      counted(entries.size() - entries_most, "more endpoint")));
    for (std::size_t f = 0; f < std::min(record.fault_ids.size(), faults_most); ++f)
        text += fault_band(record, record.fault_ids[f], grid, paint);
    if (record.fault_ids.size() > faults_most)
        text +=
            paint.dim(fmt::format("  and {} in the result file\n",
                                  counted(record.fault_ids.size() - faults_most, "more fault")));
    return text + axis(record, grid, paint);
}

}  // namespace shaketable::reports
