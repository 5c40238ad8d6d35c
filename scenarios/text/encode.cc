#include "scenarios/text/encode.h"

#include "base/quantity.h"
#include "faults/fault.h"

namespace shaketable::scenarios::text {

NodePtr encode(const std::string& value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value.compare(i, 2, "${") == 0) text += '$';
        text += value[i];
    }
    const bool quoted =
        text.empty() || text == "~" || text == "null" || text == "true" || text == "false";
    return make_scalar(std::move(text), {}, quoted);
}
NodePtr encode(const bool& value) {
    return make_word(value ? "true" : "false");
}
NodePtr encode(const double& value) {
    return make_word(print_number(value));
}
NodePtr encode(const std::uint32_t& value) {
    return make_word(std::to_string(value));
}
NodePtr encode(const std::uint64_t& value) {
    return make_word(std::to_string(value));
}

NodePtr encode(const Step& step) {
    std::vector<Entry> entries;
    std::visit([&](const auto& word) { encode_fields(word, entries); }, step.what);
    // A step is known by its kind's key, even where that has its default.
    if (const Reply* reply = std::get_if<Reply>(&step.what); reply != nullptr && entries.empty())
        entries.push_back({std::string{Reply::kind}, {}, encode(reply->reply)});
    return make_map(std::move(entries));
}

NodePtr encode(const Steps& steps) {
    std::vector<Entry> items;
    for (const Step& step : steps) items.push_back({{}, {}, encode(step)});
    return make_container(Node::Kind::sequence, std::move(items), {});
}

NodePtr encode(const std::vector<Steps>& branches) {
    std::vector<Entry> items;
    for (const Steps& branch : branches)
        items.push_back({{}, {}, branch.size() == 1 ? encode(branch.front()) : encode(branch)});
    return make_container(Node::Kind::sequence, std::move(items), {});
}

NodePtr encode(const Replicas& replicas) {
    if (replicas.zones.size() == 1 && replicas.zones.front().zone.empty())
        return encode(replicas.zones.front().count);
    std::vector<Entry> entries;
    for (const Replicas::PerZone& zone : replicas.zones)
        entries.push_back({zone.zone, {}, encode(zone.count)});
    return make_map(std::move(entries));
}

NodePtr encode(const From& from) {
    std::vector<Entry> entries;
    for (const From::PerZone& zone : from.zones)
        entries.push_back({zone.zone, {}, encode(zone.share)});
    return make_map(std::move(entries));
}

NodePtr encode(const Network& network) {
    std::vector<Entry> entries;
    if (network.standard != Link{}) entries.push_back({"default", {}, encode(network.standard)});
    if (network.between_zones)
        entries.push_back({"between zones", {}, encode(*network.between_zones)});
    for (const auto& [name, link] : network.links) entries.push_back({name, {}, encode(link)});
    return make_map(std::move(entries));
}

NodePtr encode(const faults::Fault& fault) {
    std::vector<Entry> entries;
    encode_fields(fault, entries);
    entries.push_back({"fault", {}, make_word(std::string{faults::kind_name(fault.what)})});
    std::visit([&](const auto& word) { encode_fields(word, entries); }, fault.what);
    return make_map(std::move(entries));
}

}  // namespace shaketable::scenarios::text
