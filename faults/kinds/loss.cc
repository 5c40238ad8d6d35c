#include "faults/kinds/loss.h"

namespace shaketable::faults {

namespace {

struct Channel {
    double to_bad;
    double to_good;
    double loss_good;
    double loss_bad;

    [[nodiscard]] bool step(bool bad, double die) const noexcept {
        return bad ? die >= to_good : die < to_bad;
    }
    [[nodiscard]] double loss(bool bad) const noexcept { return bad ? loss_bad : loss_good; }
};

Channel channel_of(const Loss& loss, double strength) noexcept {
    if (!loss.p) return {0, 1, loss.share.value_or(Share{0}).fraction * strength, 0};
    const double to_bad = loss.p->fraction;
    return {.to_bad = to_bad,
            .to_good = loss.r.value_or(Share{1 - to_bad}).fraction,
            .loss_good = loss.loss_good.value_or(Share{0}).fraction * strength,
            .loss_bad = loss.loss_bad.value_or(Share{1}).fraction * strength};
}

/// Transmissions lost in a row. Draws twice; retransmissions throw dice of their own, seeded by the
/// second.
std::uint8_t lose(const Channel& channel, bool& bad, Random& random) noexcept {
    bad = channel.step(bad, random.uniform());
    const RandomKey seed{random.next()};
    Random own = Random::at(seed, 0);
    bool later = bad;
    std::uint8_t losses = 0;
    while (losses < losses_fatal && own.uniform() < channel.loss(later)) {
        ++losses;
        later = channel.step(later, own.uniform());
    }
    return losses;
}

}  // namespace

std::optional<Problem> Loss::find_problem() const {
    const bool has_rest = r || loss_good || loss_bad;
    if (share && (p || has_rest))
        return problem_of("share", "E014", "share excludes p, r, loss_good and loss_bad",
                          "share: losses fall evenly; p and r: they come in bursts");
    if (!share && !p)
        return problem_of(has_rest ? "p" : "share", "E012",
                          has_rest ? "expected p, from good to bad" : "expected share, or p and r",
                          has_rest ? "" : "share: 1%");
    return std::nullopt;
}

Verdict Loss::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    const Channel channel = channel_of(*this, crossing.strength);
    Verdict verdict;
    verdict.losses = lose(channel, state.bad, random);
    verdict.response_losses = lose(channel, state.bad, random);
    if (verdict.losses >= losses_fatal) verdict.fate = Fate::swallow;
    if (verdict.response_losses >= losses_fatal) verdict.response_fate = Fate::swallow;
    return verdict;
}

}  // namespace shaketable::faults
