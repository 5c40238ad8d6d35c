#include "faults/target.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/quantity.h"
#include "faults/text_cursor.h"

namespace shaketable::faults {

namespace {

constexpr std::string_view forms =
    "write a service, service[0], service[25%], service[zone/0], zone:NAME or *";

/// Digits only; fits 32 bits.
std::optional<std::uint32_t> read_index(std::string_view text) {
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return index;
}

/// A name, but not the `-` of an arrow that follows without a space.
std::string_view take_name(TextCursor& cursor) {
    const std::string_view ahead = cursor.rest();
    std::size_t length = 0;
    while (length < ahead.size() && is_name_character(ahead[length]) &&
           !ahead.substr(length).starts_with("->"))
        ++length;
    std::size_t taken = 0;
    return cursor.take_while([&](char) { return taken++ < length; });
}

Result<ReplicaSelector> read_selector(TextCursor& cursor) {
    const std::size_t start = cursor.position();
    const std::string_view text = cursor.take_until("]");
    if (!cursor.take("]"))
        return problem_at("E113", start, text.size(), "expected a ] after the replica");
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        const std::string_view zone = text.substr(0, slash);
        const auto index = read_index(text.substr(slash + 1));
        if (zone.empty() || !index)
            return problem_at("E113", start, text.size(),
                              "expected a zone and a number, found \"" + std::string{text} + "\"",
                              "write service[eu-1b/0]");
        return ReplicaSelector{
            .by = ReplicaSelector::By::index_in_zone, .index = *index, .zone = std::string{zone}};
    }
    if (text.ends_with('%')) {
        const Result<Share> share = Text<Share>::parse(text);
        if (!share) return problem_within(share.error(), start);
        if (share->fraction <= 0)
            return problem_at("E117", start, text.size(), "0% of the replicas is nobody");
        return ReplicaSelector{.by = ReplicaSelector::By::share, .share = *share};
    }
    if (const auto index = read_index(text))
        return ReplicaSelector{.by = ReplicaSelector::By::index, .index = *index};
    return problem_at("E113", start, text.size(),
                      "expected which replicas, found \"" + std::string{text} + "\"",
                      "write [0], [25%] or [zone/0]; all of a zone are zone:NAME");
}

Result<Side> read_side(TextCursor& cursor) {
    const std::size_t start = cursor.position();
    if (cursor.take("*")) return Side{};
    if (cursor.take("zone:")) {
        const std::size_t name_start = cursor.position();
        const std::string_view zone = take_name(cursor);
        if (zone.empty())
            return problem_at("E113", name_start, 1, "expected the name of a zone after \"zone:\"");
        return Side{.what = Side::What::zone, .name = std::string{zone}};
    }
    Side side{.what = Side::What::service, .name = std::string{take_name(cursor)}};
    if (side.name.empty()) {
        const std::string found{cursor.rest().substr(0, 1)};
        return problem_at("E113", start, 1,
                          found.empty() ? "expected whom to hit, found nothing"
                                        : "expected whom to hit, found \"" + found + "\"",
                          std::string{forms});
    }
    if (cursor.take("/")) {
        const std::size_t topic_start = cursor.position();
        side.topic = take_name(cursor);
        if (side.topic.empty())
            return problem_at("E113", topic_start, 1, "expected the name of a topic after the /");
        return side;
    }
    if (cursor.take("[")) {
        Result<ReplicaSelector> selector = read_selector(cursor);
        if (!selector) return Unexpected{selector.error()};
        side.replicas = *std::move(selector);
    }
    return side;
}

Unexpected<Problem> unread_rest(const TextCursor& cursor) {
    return problem_at("E113", cursor.position(), cursor.rest().size(),
                      "expected the end or an arrow, found \"" + std::string{cursor.rest()} + "\"",
                      "arrows are -> (calls of the left to the right) and <->");
}

}  // namespace

bool contains(const Side& side, const Place& place) {
    if (side.what == Side::What::everything) return true;
    if (side.what == Side::What::zone) return side.name == place.zone;
    if (side.name != place.service) return false;
    if (!side.topic.empty() && side.topic != place.topic) return false;
    switch (side.replicas.by) {
        case ReplicaSelector::By::all:
            return true;
        case ReplicaSelector::By::index:
            return place.replica == side.replicas.index;
        case ReplicaSelector::By::share:
            // A hair below, so that 30% of 10 is 3 although 0.3 is no binary fraction.
            return place.replica < std::ceil(side.replicas.share.fraction * place.replicas - 1e-9);
        case ReplicaSelector::By::index_in_zone:
            return place.zone == side.replicas.zone && place.replica_in_zone == side.replicas.index;
    }
    return false;
}

bool contains(const Target& target, const Place& place) {
    SHAKETABLE_CHECK(target.arrow == Target::Arrow::none, "a place is not on an edge");
    return contains(target.from, place);
}

bool contains(const Target& target, const Place& from, const Place& to) {
    switch (target.arrow) {
        case Target::Arrow::none:
            return contains(target.from, to);
        case Target::Arrow::forward:
            return contains(target.from, from) && contains(target.to, to);
        case Target::Arrow::both:
            return (contains(target.from, from) && contains(target.to, to)) ||
                   (contains(target.to, from) && contains(target.from, to));
    }
    return false;
}

}  // namespace shaketable::faults

namespace shaketable {

using faults::Side;
using faults::Target;

Result<Side> Text<Side>::parse(std::string_view text) {
    faults::TextCursor cursor{text};
    cursor.skip_spaces();
    Result<Side> side = faults::read_side(cursor);
    if (!side) return side;
    cursor.skip_spaces();
    if (!cursor.at_end()) {
        Problem problem = faults::unread_rest(cursor).error;
        problem.message =
            "expected one side, found \"" + std::string{cursor.rest()} + "\" after it";
        problem.hint = faults::forms;
        return Unexpected{std::move(problem)};
    }
    return side;
}

std::string Text<Side>::print(const Side& side) {
    if (side.what == Side::What::everything) return "*";
    if (side.what == Side::What::zone) return "zone:" + side.name;
    std::string text = side.name;
    if (!side.topic.empty()) text += "/" + side.topic;
    using By = faults::ReplicaSelector::By;
    const faults::ReplicaSelector& replicas = side.replicas;
    if (replicas.by == By::index) text += "[" + std::to_string(replicas.index) + "]";
    if (replicas.by == By::share) text += "[" + Text<Share>::print(replicas.share) + "]";
    if (replicas.by == By::index_in_zone)
        text += "[" + replicas.zone + "/" + std::to_string(replicas.index) + "]";
    return text;
}

Result<Target> Text<Target>::parse(std::string_view text) {
    faults::TextCursor cursor{text};
    cursor.skip_spaces();
    Result<Side> from = faults::read_side(cursor);
    if (!from) return Unexpected{from.error()};
    Target target{.from = *std::move(from)};
    cursor.skip_spaces();
    if (cursor.at_end()) return target;
    if (cursor.take("<->"))
        target.arrow = Target::Arrow::both;
    else if (cursor.take("->"))
        target.arrow = Target::Arrow::forward;
    else
        return faults::unread_rest(cursor);
    cursor.skip_spaces();
    Result<Side> to = faults::read_side(cursor);
    if (!to) return Unexpected{to.error()};
    target.to = *std::move(to);
    cursor.skip_spaces();
    if (cursor.at_end()) return target;
    return faults::problem_at("E113", cursor.position(), cursor.rest().size(),
                              "expected the end, found \"" + std::string{cursor.rest()} + "\"",
                              "a target has at most one arrow");
}

std::string Text<Target>::print(const Target& target) {
    const std::string from = Text<Side>::print(target.from);
    if (target.arrow == Target::Arrow::none) return from;
    const bool both = target.arrow == Target::Arrow::both;
    return from + (both ? " <-> " : " -> ") + Text<Side>::print(target.to);
}

}  // namespace shaketable
