#include "scenarios/warmup.h"

namespace shaketable {

Result<scenarios::Warmup> Text<scenarios::Warmup>::parse(std::string_view text) {
    if (text == "auto") {
        scenarios::Warmup found;
        found.automatic = true;
        return found;
    }
    const Result<Duration> length = Text<Duration>::parse(text);
    if (!length) return Unexpected{length.error()};
    return scenarios::Warmup{*length};
}

std::string Text<scenarios::Warmup>::print(const scenarios::Warmup& warmup) {
    return warmup.automatic ? "auto" : Text<Duration>::print(warmup.length);
}

}  // namespace shaketable
