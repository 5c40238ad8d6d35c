/// `SHAKETABLE_CHECK(condition, "what must hold")`: for mistakes of ours. On in every build; prints
/// and aborts.
#pragma once

namespace shaketable {

/// Prints `file:line: what` to stderr and exits with status 70 (a bug of ours).
[[noreturn]] void fail_check(const char* file, int line, const char* what) noexcept;

}  // namespace shaketable

#define SHAKETABLE_CHECK(condition, what)                       \
    do {                                                        \
        if (!(condition)) [[unlikely]]                          \
            ::shaketable::fail_check(__FILE__, __LINE__, what); \
    } while (false)
