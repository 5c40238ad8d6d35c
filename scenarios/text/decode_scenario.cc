// The top level: run, network, workload, faults, expectations.
#include <array>

#include "scenarios/text/decode.h"

namespace shaketable::scenarios::text {

namespace {

constexpr std::array later_of_workload{
    LaterKey{"trace", "the key trace of a workload; write arrivals: trace(file.csv)"},
    LaterKey{"publish", "workloads that publish to a broker"},
};

/// What the reader itself takes apart, and what belongs to live runs.
constexpr std::array elsewhere{"schema", "params", "include", "variants", "inject"};

/// As many as a run, and those who read its report, can bear.
struct Most {
    std::string_view key;
    std::size_t count;
    std::string_view text;
};
constexpr std::array most{
    Most{"services", 10'000, "10,000 services"}, Most{"policies", 10'000, "10,000 policies"},
    Most{"workload", 1'000, "1,000 workloads"},  Most{"faults", 1'000, "1,000 faults"},
    Most{"expect", 1'000, "1,000 expectations"}, Most{"windows", 1'000, "1,000 windows"},
    Most{"zones", 1'000, "1,000 zones"},
};

bool check_counts(const Node& scenario, Reading& in) {
    bool good = true;
    for (const Most& limit : most) {
        const Entry* entry = scenario.find(limit.key);
        if (entry == nullptr || entry->value->entries.size() <= limit.count) continue;
        good = in.report("E023",
                         "expected at most " + std::string{limit.text} + ", found " +
                             std::to_string(entry->value->entries.size()),
                         entry->key_place);
    }
    return good;
}

}  // namespace

bool decode(const Node& node, From& into, Reading& in) {
    if (!in.expect_map(node)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        From::PerZone part{.zone = entry.key, .share = {}};
        good = in.expect_name(entry.key, entry.key_place) && good;
        good = decode(*entry.value, part.share, in) && good;
        into.zones.push_back(std::move(part));
    }
    return good;
}

bool decode(const Node& node, Network& into, Reading& in) {
    if (node.is_null()) return true;
    if (!in.expect_map(node)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        if (entry.key.starts_with("x-")) continue;
        if (entry.key == "model") {
            if (entry.value->is_scalar() && entry.value->text == "delay") continue;
            if (entry.value->is_scalar() && entry.value->text == "flow")
                good =
                    in.report_later("network.model flow; delay is the default", entry.value->place);
            else
                good = in.report_word(*entry.value, {"delay", "flow"});
        } else if (entry.key == "default") {
            good = decode(*entry.value, into.standard, in) && good;
        } else if (entry.key == "between zones") {
            good = decode(*entry.value, into.between_zones, in) && good;
        } else {
            const Result<faults::Target> ends = Text<faults::Target>::parse(entry.key);
            if (!ends || ends->arrow == faults::Target::Arrow::none) {
                good = in.report("E113", "unknown link " + quote(entry.key), entry.key_place,
                                 "links are default, between zones, a -> b and a <-> b");
                continue;
            }
            Link link;
            good = decode(*entry.value, link, in) && good;
            into.links.entries.push_back({entry.key, std::move(link)});
        }
    }
    return good;
}

bool decode(const Node& node, Workload& into, Reading& in) {
    if (!in.expect_map(node)) return false;
    Keys keys{node};
    bool good = decode_fields(node, into, keys, in);
    good = in.report_unknown(keys, key_names<Workload>(), later_of_workload) && good;
    return good && check_word(node, into, in);
}

bool decode(const Node& node, Expectation& into, Reading& in) {
    if (!decode_word(node, into, in)) return false;
    if (into.id.empty()) return true;
    return in.expect_name(into.id, node.find("id")->value->place, "_-.");
}

bool decode(const Node& node, faults::Fault& into, Reading& in) {
    if (!in.expect_map(node)) return false;
    Keys keys{node};
    bool good = decode_fields(node, into, keys, in);
    if (const Entry* id = node.find("id"); id != nullptr && id->value->is_scalar())
        good = in.expect_name(into.id, id->value->place, "_-.") && good;
    const Entry* kind = keys.take("fault");
    if (kind == nullptr)
        return in.report_missing(node, "fault", "what goes wrong: latency, crash ...");
    if (!in.expect_scalar(*kind->value, "a kind of fault")) return false;
    const std::string& name = kind->value->text;
    for (const faults::KnownLater& later : faults::known_later)
        if (later.kind == name)
            return in.report_later("the fault " + name + " (" + std::string{later.summary} + ")",
                                   kind->value->place);
    Result<faults::AnyKind> made = faults::make_kind(name);
    if (!made) return in.report_within(*kind->value, made.error());
    into.what = *std::move(made);
    std::visit(
        [&]<class K>(K& word) {
            good = decode_fields(node, word, keys, in) && good;
            std::vector<std::string> known = key_names<K>();
            for (std::string& key : key_names<faults::Fault>()) known.push_back(std::move(key));
            good = in.report_unknown(keys, known) && good;
            good = good && check_word(node, word, in);
        },
        into.what);
    return good && check_word(node, into, in);
}

bool decode(const Node& node, Scenario& into, Reading& in) {
    if (!check_counts(node, in)) return false;
    Keys keys{node};
    std::vector<std::string> known = key_names<Scenario>();
    for (const std::string_view key : elsewhere) {
        keys.take(key);
        known.emplace_back(key);
    }
    constexpr std::array later{LaterKey{"sweep", "the top-level key sweep"}};
    bool good = decode_fields(node, into, keys, in);
    good = in.report_unknown(keys, known, later) && good;
    return good && check_word(node, into, in);
}

}  // namespace shaketable::scenarios::text
