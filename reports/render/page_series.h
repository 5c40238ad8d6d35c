/// What follows time in a page: series of endpoints, edges and services, thinned honestly, heat
/// maps, events and kept requests.
#pragma once

#include "reports/record/record.h"
#include "reports/render/json_writer.h"
#include "reports/render/page_groups.h"

namespace shaketable::reports {

/// Points of a series at most; and numbers in all series together, above which there are fewer
/// points, but not less than `points_least`.
inline constexpr std::size_t points_most = 600;
inline constexpr std::size_t points_least = 60;
inline constexpr std::size_t page_numbers_most = 1'200'000;

/// How many sample steps stand behind one point of a page.
[[nodiscard]] std::size_t steps_per_point(std::size_t steps, std::size_t columns);

/// "series": {"step", "merged", endpoints, edges, services}. A point is `merged` steps: the sum of
/// counts, the mean of gauges, the largest of peaks, p90 and p99, and of p50 the mean by
/// successes. All are means over repeats; `low` and `high` are the repeats with the least and the
/// most success.
void write_page_series(JsonWriter& json, const Record& record, const PageGroups& groups);
/// "heat": {"every", "endpoints": [[column, band, count, ...]]}.
void write_page_heat(JsonWriter& json, const Record& record, const PageGroups& groups);
/// "events" of the first repeat, at most 4,000, and how many there were.
void write_page_events(JsonWriter& json, const Record& record);
/// "traces": up to twelve of each sort, fewer where they are large, and how many were kept in all.
/// Times are microseconds from the start of the request.
void write_page_traces(JsonWriter& json, const Record& record);

}  // namespace shaketable::reports
