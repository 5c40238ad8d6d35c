// Services, what they offer, and the steps of it.
#include <array>

#include "scenarios/text/decode.h"

namespace shaketable::scenarios::text {

namespace {

constexpr std::array later_of_service{
    LaterKey{"memory", "memory of a service"},     LaterKey{"autoscale", "autoscaling"},
    LaterKey{"consumes", "consumers of a broker"}, LaterKey{"topics", "topics of a broker"},
    LaterKey{"replication", "replicated stores"},  LaterKey{"disk", "disks of a broker"},
};
constexpr std::array later_kinds{
    LaterKey{"broker", "services of kind broker"},
    LaterKey{"replicated-store", "services of kind replicated-store"},
};
constexpr std::array later_steps{
    LaterKey{"publish", "the step publish (brokers)"},
    LaterKey{"transaction", "the step transaction (sagas, two-phase commit)"},
};

template <class Visit>
void for_each_step(Visit&& visit) {
    [&]<class... S>(const std::variant<S...>*) {
        (visit.template operator()<S>(), ...);
    }(static_cast<const AnyStep*>(nullptr));
}

std::vector<std::string> step_kinds() {
    std::vector<std::string> kinds;
    for_each_step([&]<class S>() { kinds.emplace_back(S::kind); });
    return kinds;
}

bool decode_step_of(std::string_view kind, const Node& node, Step& into, Reading& in) {
    bool good = false;
    for_each_step([&]<class S>() {
        if (S::kind != kind) return;
        S word{};
        Keys keys{node};
        // `- reply:` alone: the key says it all.
        const Entry* own = node.find(kind);
        bool fields_good = true;
        if constexpr (std::is_same_v<S, Reply>) {
            if (own->value->is_null())
                keys.take(kind);
            else
                fields_good = decode_fields(node, word, keys, in);
        } else {
            fields_good = decode_fields(node, word, keys, in);
        }
        good = in.report_unknown(keys, key_names<S>()) && fields_good && check_word(node, word, in);
        into.what = std::move(word);
    });
    return good;
}

}  // namespace

bool decode(const Node& node, Step& into, Reading& in) {
    if (node.is_scalar() && node.text == Reply::kind) {
        into.what = Reply{};
        return true;
    }
    if (!in.expect_map(node)) return false;
    const std::vector<std::string> kinds = step_kinds();
    const Entry* kind = nullptr;
    for (const Entry& entry : node.entries) {
        for (const LaterKey& later : later_steps)
            if (entry.key == later.key) return in.report_later(later.what, entry.key_place);
        if (std::find(kinds.begin(), kinds.end(), entry.key) == kinds.end()) continue;
        if (kind != nullptr)
            return in.report("E014",
                             "a step is one of " + kind->key + " and " + entry.key + ", not both",
                             entry.key_place, "put `- ` in front to make it the next step");
        kind = &entry;
    }
    if (kind != nullptr) return decode_step_of(kind->key, node, into, in);
    if (node.entries.empty())
        return in.report("E012", "expected a step, found an empty map", node.place);
    const Entry& first = node.entries.front();
    const std::string near = nearest(first.key, kinds);
    std::vector<std::string> notes;
    if (near.empty()) {
        std::string all;
        for (const std::string& k : kinds) all += (all.empty() ? "" : ", ") + k;
        notes.push_back("steps are " + all);
    }
    return in.report("E010", "unknown step " + quote(first.key), first.key_place,
                     near.empty() ? "" : "did you mean \"" + near + "\"?", std::move(notes));
}

bool decode(const Node& node, Steps& into, Reading& in) {
    if (node.is_null()) return true;
    if (!in.expect_list(node)) return false;
    bool good = true;
    for (const Entry& item : node.entries) {
        into.emplace_back();
        good = decode(*item.value, into.back(), in) && good;
    }
    return good;
}

bool decode(const Node& node, Replicas& into, Reading& in) {
    into.zones.clear();
    if (!node.is_map()) {
        into.zones.push_back({"", 1});
        return decode(node, into.zones.back().count, in);
    }
    bool good = true;
    for (const Entry& entry : node.entries) {
        into.zones.push_back({entry.key, 1});
        good = in.expect_name(entry.key, entry.key_place) && good;
        good = decode(*entry.value, into.zones.back().count, in) && good;
    }
    if (node.entries.empty())
        return in.report("E012", "expected a number for each zone, found an empty map", node.place);
    return good;
}

bool decode(const Node& node, Service& into, Reading& in) {
    if (!in.expect_map(node)) return false;
    if (const Entry* kind = node.find("kind"); kind != nullptr && kind->value->is_scalar())
        for (const LaterKey& later : later_kinds)
            if (kind->value->text == later.key)
                return in.report_later(later.what, kind->value->place);
    Keys keys{node};
    bool good = true;
    if (const Entry* share = node.find("idempotent");
        share != nullptr && share->value->is_scalar() && share->value->text.ends_with('%')) {
        keys.take("idempotent");
        good = in.report_later("a share of recognised repeats; idempotent is true or false",
                               share->value->place);
    }
    good = decode_fields(node, into, keys, in) && good;
    good = in.report_unknown(keys, key_names<Service>(), later_of_service) && good;
    return good && check_word(node, into, in);
}

bool decode(const Node& node, Named<Endpoint>& into, Reading& in) {
    return decode_named(node, into, in, "_-.");
}

bool decode(const Node& node, Named<Service>& into, Reading& in) {
    // No dots: `call: a.b` is the endpoint b of the service a.
    return decode_named(node, into, in, "_-");
}

bool decode(const Node& node, policies::EdgePolicy& into, Reading& in) {
    return decode_word(node, into, in);
}

}  // namespace shaketable::scenarios::text
