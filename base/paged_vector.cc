#include "base/paged_vector.h"

#include <cstring>
#include <new>

#include <sys/mman.h>

namespace shaketable::detail {

namespace {

// Blocks that all begin at the start of a page contend for the same lines of the cache, which a
// small simulation feels; and a small one is copied in no time.
constexpr std::size_t paged_from = std::size_t{1} << 18U;

constexpr std::align_val_t alignment{64};

}  // namespace

void* grow_block(void* block, std::size_t from, std::size_t to) {
    if (from >= paged_from) {
        void* const grown = ::mremap(block, from, to, MREMAP_MAYMOVE);
        if (grown == MAP_FAILED) throw std::bad_alloc{};
        return grown;
    }
    void* grown = nullptr;
    if (to < paged_from) {
        grown = ::operator new(to, alignment);
        std::memset(static_cast<char*>(grown) + from, 0, to - from);
    } else {
        grown = ::mmap(nullptr, to, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (grown == MAP_FAILED) throw std::bad_alloc{};
    }
    if (from > 0) std::memcpy(grown, block, from);
    free_block(block, from);
    return grown;
}

void free_block(void* block, std::size_t bytes) noexcept {
    if (bytes >= paged_from)
        ::munmap(block, bytes);
    else
        ::operator delete(block, alignment);
}

}  // namespace shaketable::detail
