#include "reports/render/json_cursor.h"

namespace shaketable::reports {

const JsonCursor::Json& JsonCursor::nothing() {
    static const Json none;
    return none;
}

std::string JsonCursor::path() const {
    if (parent_ == nullptr) return {};
    const std::string before = parent_->path();
    if (key_.empty()) return before + "[" + std::to_string(index_) + "]";
    return (before.empty() ? "" : before + ".") + std::string{key_};
}

void JsonCursor::fail(std::string_view expected) const {
    if (failed()) return;
    const std::string where = path();
    failure_ = (where.empty() ? "the document" : where) + ": expected " + std::string{expected} +
               ", found " + (value_->is_null() ? "nothing" : value_->type_name());
}

JsonCursor JsonCursor::operator[](std::string_view key) const {
    const Json* member = &nothing();
    if (value_->is_object()) {
        if (const auto at = value_->find(key); at != value_->end()) member = &*at;
    } else {
        fail("an object");
    }
    return {*member, this, key, 0, failure_};
}

std::size_t JsonCursor::size() const {
    if (value_->is_array()) return value_->size();
    fail("an array");
    return 0;
}

std::string JsonCursor::text() const {
    if (value_->is_string()) return value_->get<std::string>();
    fail("a text");
    return {};
}

bool JsonCursor::truth() const {
    if (value_->is_boolean()) return value_->get<bool>();
    fail("true or false");
    return false;
}

std::uint64_t JsonCursor::whole(std::uint64_t most) const {
    if (value_->is_number_unsigned()) {
        const auto number = value_->get<std::uint64_t>();
        if (number <= most) return number;
    }
    fail("a whole number up to " + std::to_string(most));
    return 0;
}

std::int64_t JsonCursor::integer() const {
    // An unsigned number that does not fit is no integer of ours.
    if (value_->is_number_integer() &&
        (!value_->is_number_unsigned() || value_->get<std::uint64_t>() <= std::uint64_t{1} << 62U))
        return value_->get<std::int64_t>();
    fail("a whole number");
    return 0;
}

WideTime JsonCursor::wide() const {
    if (value_->is_number_unsigned()) return value_->get<std::uint64_t>();
    if (value_->is_number_integer()) return value_->get<std::int64_t>();
    constexpr double smallest = 0x1p63, largest = 0x1p96;
    if (value_->is_number_float())
        if (const auto number = value_->get<double>(); number >= smallest && number <= largest)
            return static_cast<WideTime>(number);
    fail("a whole number");
    return 0;
}

double JsonCursor::number() const {
    if (value_->is_number()) return value_->get<double>();
    fail("a number");
    return 0;
}

}  // namespace shaketable::reports
