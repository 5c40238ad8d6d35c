#include "base/mser.h"

#include <limits>
#include <vector>

namespace shaketable {

std::optional<std::size_t> find_truncation(std::span<const double> series) {
    constexpr std::size_t batch = 5;
    constexpr std::size_t least = 50;
    if (series.size() < least) return std::nullopt;
    std::vector<double> means;
    for (std::size_t at = 0; at + batch <= series.size(); at += batch) {
        double sum = 0;
        for (std::size_t i = 0; i < batch; ++i) sum += series[at + i];
        means.push_back(sum / batch);
    }
    // From the back, so that each candidate costs one step. The last few are left out: the spread
    // of two or three values is small by chance.
    const std::size_t n = means.size();
    double sum = 0;
    double squares = 0;
    double best = std::numeric_limits<double>::infinity();
    std::size_t cut = n;
    for (std::size_t d = n; d-- > 0;) {
        sum += means[d];
        squares += means[d] * means[d];
        const auto left = static_cast<double>(n - d);
        if (n - d < batch) continue;
        const double spread = squares - sum * sum / left;
        const double error = (spread > 0 ? spread : 0) / (left * left);
        if (error > best) continue;  // of equals, the one that leaves out least
        best = error;
        cut = d;
    }
    if (cut > n / 2) return std::nullopt;
    return cut * batch;
}

}  // namespace shaketable
