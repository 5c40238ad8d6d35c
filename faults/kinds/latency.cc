#include "faults/kinds/latency.h"

namespace shaketable::faults {

std::optional<Problem> Latency::find_problem() const {
    if (jitter == Duration{0}) return std::nullopt;
    if (!delay.is_constant())
        return problem_of("jitter", "E014", "jitter goes with a constant delay only",
                          "the law of the delay spreads it already");
    if (jitter.count() < 0 || to_seconds(jitter) > delay.mean())
        return problem_of("jitter", "E023", "expected a jitter no wider than the delay",
                          "nothing can arrive before it was sent");
    return std::nullopt;
}

Verdict Latency::Ready::judge(const Crossing& crossing, FaultState&, Random& random) const {
    // One word each way seeds the hold's own dice, because laws differ in how often they draw.
    const RandomKey request_key{random.next()};
    const RandomKey response_key{random.next()};
    const auto hold = [&](RandomKey key) {
        double ns = 0;
        if (delay.is_constant() && jitter == Duration{0}) {
            ns = static_cast<double>(delay.constant().count());
        } else {
            Random own = Random::at(key, 0);
            const double around = 2 * own.uniform() - 1;
            ns = static_cast<double>(delay.draw(own).count()) +
                 around * static_cast<double>(jitter.count());
        }
        return Duration{static_cast<std::int64_t>(ns * crossing.strength + 0.5)};
    };
    Verdict verdict;
    if (direction != Direction::response) verdict.delay = hold(request_key);
    if (direction != Direction::request) verdict.response_delay = hold(response_key);
    return verdict;
}

}  // namespace shaketable::faults
