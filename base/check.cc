#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace shaketable {

void fail_check(const char* file, int line, const char* what) noexcept {
    std::fprintf(stderr, "%s:%d: %s\nThis is a bug of shaketable, not of the scenario.\n", file,
                 line, what);
    std::fflush(nullptr);
    std::_Exit(70);
}

}  // namespace shaketable
