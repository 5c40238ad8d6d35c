/// Adds up what the processes of one live run have counted, each for itself.
#pragma once

#include "reports/record/record.h"

namespace shaketable::reports {

/// Adds `part` to `into`; an empty `into` becomes the part. Parts are of one run: the same flows,
/// services and cut times. A part that ends early (its process crashed, or the run was stopped)
/// counts as far as it goes.
///
/// Counters and integrals add, histograms merge. Maxima of a service (`queue_max`, `busy_max`,
/// `connections_max`) become the sum of the parts' maxima: its replicas may have had theirs at
/// different instants, so this is an upper bound. Of a flow's quantiles per sample, those of the
/// part that saw more successes are kept: a flow is counted by one process, unless several replicas
/// call. Utilisation is the mean over replicas.
void merge_part(Repeat& into, const Repeat& part);

}  // namespace shaketable::reports
