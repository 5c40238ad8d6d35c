#include "faults/catalogue.h"

#include <set>

#include <catch2/catch.hpp>

#include "faults/fault.h"
#include "faults/judge.h"

namespace shaketable::faults {
namespace {

template <class K>
std::vector<std::string_view> keys_of() {
    std::vector<std::string_view> keys;
    K::fields().each([&](const auto& f) { keys.push_back(f.name); });
    return keys;
}

TEST_CASE("catalogue: every kind can be made by its name, and is what it says") {
    for_each_kind([]<class K>() {
        INFO(K::kind);
        const Result<AnyKind> kind = make_kind(K::kind);
        REQUIRE(kind);
        CHECK(*kind == AnyKind{K{}});
        CHECK(kind_name(*kind) == K::kind);
        CHECK(summary_of(*kind) == K::summary);
        CHECK(can_ramp(*kind) == K::ramps);
        CHECK(is_traffic_fault(*kind) == TrafficFault<K>);
        CHECK(is_traffic_fault(*kind) != is_service_fault(*kind));
    });
    CHECK(kind_names().size() == std::variant_size_v<AnyKind>);
}

TEST_CASE("catalogue: every kind is documented, honoured by some world, and can hit something") {
    for_each_kind([]<class K>() {
        INFO(K::kind);
        CHECK_FALSE(K::summary.empty());
        CHECK_FALSE(K::summary.ends_with('.'));
        CHECK((K::worlds.simulator || K::worlds.live));
        constexpr TargetKinds t = K::targets;
        CHECK((t.service || t.replica || t.edge || t.zone || t.workload));
        K::fields().each([](const auto& f) { CHECK(!f.doc.empty()); });
    });
}

TEST_CASE("catalogue: no name is used twice, and no kind hides a key common to all faults") {
    std::set<std::string_view> names;
    for_each_kind([&]<class K>() { CHECK(names.insert(K::kind).second); });
    for (const KnownLater& later : known_later) CHECK(names.insert(later.kind).second);
    for_each_kind([]<class K>() {
        std::set<std::string_view> keys{"fault"};
        for (const std::string_view key : keys_of<Fault>()) keys.insert(key);
        for (const std::string_view key : keys_of<K>()) {
            INFO(K::kind << "." << key);
            CHECK(keys.insert(key).second);
        }
    });
}

TEST_CASE("catalogue: what is not built yet, or misspelt, is refused with its reason") {
    for (const KnownLater& later : known_later) {
        const Result<AnyKind> kind = make_kind(later.kind);
        REQUIRE_FALSE(kind);
        CHECK(kind.error().message.find("not built yet") == 0);
    }
    const Result<AnyKind> misspelt = make_kind("latancy");
    REQUIRE_FALSE(misspelt);
    CHECK(misspelt.error().hint == "did you mean \"latency\"?");
    CHECK(make_kind("volcano").error().hint.empty());
}

}  // namespace
}  // namespace shaketable::faults
