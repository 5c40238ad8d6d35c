/// Tables of the ziggurat method, made by the compiler: 256 strips of equal area under a falling
/// density.
///
/// Strip, sign and position come from different bits of one draw (the first version's flaw was to
/// share them). Source: Marsaglia & Tsang, JSS 5(8), 2000; J. A. Doornik, "An improved ziggurat
/// method", 2005.
#pragma once

#include <array>
#include <cstddef>

#include "base/transcendental.h"

namespace shaketable::detail {

struct Ziggurat {
    static constexpr std::size_t strips = 256;
    std::array<double, strips> width{};  ///< of a strip, times 2^-53; the base's includes the tail
    std::array<double, strips + 1>
        edge{};  ///< right edges, falling to 0; edge[1] is where the tail starts
    std::array<double, strips + 1> density{};  ///< at the edges, rising to 1
};

/// `start` is where the tail starts, `area` that of a strip.
template <class Density, class Inverse>
[[nodiscard]] constexpr Ziggurat make_ziggurat(double start, double area, Density density,
                                               Inverse inverse) noexcept {
    Ziggurat z;
    z.edge[0] = area / density(start);
    z.edge[1] = start;
    z.density[0] = 0;
    z.density[1] = density(start);
    for (std::size_t i = 2; i < Ziggurat::strips; ++i) {
        z.density[i] = z.density[i - 1] + area / z.edge[i - 1];
        z.edge[i] = inverse(z.density[i]);
    }
    z.edge[Ziggurat::strips] = 0;
    z.density[Ziggurat::strips] = 1;
    for (std::size_t i = 0; i < Ziggurat::strips; ++i) z.width[i] = z.edge[i] * 0x1p-53;
    return z;
}

/// Newton's method; std::sqrt is no constant expression.
[[nodiscard]] constexpr double table_root(double x) noexcept {
    double root = x > 1 ? x : 1;
    for (int i = 0; i < 40; ++i) root = 0.5 * (root + x / root);
    return root;
}

inline constexpr Ziggurat exponential_ziggurat = make_ziggurat(
    7.69711747013104971404, 0.00394965982258155719935, [](double x) { return exp_of(-x); },
    [](double y) { return -log_of(y); });

inline constexpr Ziggurat normal_ziggurat = make_ziggurat(
    3.65415288536100879635, 0.00492867323397465524494,
    [](double x) { return exp_of(-0.5 * x * x); },
    [](double y) { return table_root(-2 * log_of(y)); });

}  // namespace shaketable::detail
