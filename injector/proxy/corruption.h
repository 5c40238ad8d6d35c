/// Bits that flip on their way: one in each piece of at most 16 KiB, at a drawn place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/random.h"

namespace shaketable::injector::proxy {

inline void flip_bits(std::span<char> bytes, Random& dice) {
    constexpr std::size_t piece_max = std::size_t{16} << 10U;
    while (!bytes.empty()) {
        const std::size_t piece = std::min(bytes.size(), piece_max);
        const std::uint32_t bit = dice.below(static_cast<std::uint32_t>(piece * 8));
        char& byte = bytes[bit / 8];
        byte = static_cast<char>(byte ^ (1 << (bit % 8)));
        bytes = bytes.subspan(piece);
    }
}

}  // namespace shaketable::injector::proxy
