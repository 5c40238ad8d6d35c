/// Files of numbers that a scenario names: `empirical(times.csv)` and `trace(arrivals.csv)`.
///
/// One time per line. With a unit (`12ms`), or bare seconds below a header line (`seconds`). Empty
/// lines and lines that start with `#` are skipped; of several columns the first one counts. At
/// most 16 MiB and 1,000,000 rows.
#pragma once

#include "scenarios/text/decode.h"

namespace shaketable::scenarios::text {

/// Fills in the samples of `empirical` laws, also within mixtures and gaps; sorted.
/// Errors: E001 not readable, E034 a row that is no time, a negative one, or none at all (with the
/// row's line).
bool load_samples(const Node& node, Distribution& into, Reading& in);
/// Fills in `trace` and the gap's samples. Errors: as above, and E034 a time before the one above
/// it.
bool load_trace(const Node& node, Arrivals& into, Reading& in);

}  // namespace shaketable::scenarios::text
