#include "faults/catalogue.h"

#include <optional>

#include "base/quantity.h"

namespace shaketable::faults {

std::string_view kind_name(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return K::kind; }, kind);
}
std::string_view summary_of(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return K::summary; }, kind);
}
Worlds worlds_of(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return K::worlds; }, kind);
}
TargetKinds targets_of(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return K::targets; }, kind);
}
bool can_ramp(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return K::ramps; }, kind);
}

Result<AnyKind> make_kind(std::string_view name) {
    std::optional<AnyKind> made;
    for_each_kind([&]<class K>() {
        if (name == K::kind) made = K{};
    });
    if (made) return *std::move(made);
    std::vector<std::string> candidates = kind_names();
    for (const KnownLater& later : known_later) {
        candidates.emplace_back(later.kind);
        if (name != later.kind) continue;
        return Unexpected{Problem{.code = "E010",
                                  .message = "not built yet: the fault " + std::string{name} +
                                             " (" + std::string{later.summary} + ")",
                                  .hint = "take it out, or move it to another file until it is"}};
    }
    const std::string near = nearest(name, candidates);
    return Unexpected{Problem{.code = "E010",
                              .message = "unknown fault \"" + std::string{name} + "\"",
                              .hint = near.empty() ? "" : "did you mean \"" + near + "\"?"}};
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for_each_kind([&]<class K>() { names.emplace_back(K::kind); });
    return names;
}

}  // namespace shaketable::faults
