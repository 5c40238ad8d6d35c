#include "policies/timeout.h"

namespace shaketable::policies {

std::optional<Problem> Timeout::find_problem() const {
    const auto is_bad = [](const std::optional<Duration>& d) {
        return d && *d <= Duration::zero();
    };
    if (is_bad(connect)) return problem_of("connect", "E024", "a timeout must be more than 0");
    if (attempt && attempt->is_constant() && attempt->mean() <= 0)
        return problem_of("attempt", "E024", "a timeout must be more than 0");
    if (is_bad(total)) return problem_of("total", "E024", "a timeout must be more than 0");
    if (attempt && attempt->is_constant() && total && to_seconds(*total) < attempt->mean())
        return problem_of("total", "E023", "total is shorter than one attempt",
                          "no attempt could ever last to its own timeout");
    return std::nullopt;
}

}  // namespace shaketable::policies
