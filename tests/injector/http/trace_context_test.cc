#include "injector/http/trace_context.h"

#include <catch2/catch.hpp>

namespace shaketable::injector {
namespace {

// The example of the recommendation, section 3.2.
const std::string example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST_CASE("trace context: a traceparent is read and written alike") {
    const auto context = parse_traceparent(example);
    REQUIRE(context.has_value());
    CHECK(context->trace_high == 0x0af7651916cd43dd);
    CHECK(context->trace_low == 0x8448eb211c80319c);
    CHECK(context->parent == 0xb7ad6b7169203331);
    CHECK(context->flags == 1);
    std::string text;
    append_traceparent(text, *context);
    CHECK(text == example);
}

TEST_CASE("trace context: a later version may be longer, version 00 may not") {
    std::string later = example + "-more";
    CHECK_FALSE(parse_traceparent(later).has_value());
    later[1] = '1';
    CHECK(parse_traceparent(later).has_value());
    later[55] = 'x';
    CHECK_FALSE(parse_traceparent(later).has_value());
}

TEST_CASE("trace context: ids of zeros, upper case and broken texts are none") {
    const auto with = [](std::size_t at, const std::string& what) {
        std::string text = example;
        return parse_traceparent(text.replace(at, what.size(), what)).has_value();
    };
    CHECK(with(53, "00"));
    CHECK_FALSE(with(0, "ff"));
    CHECK_FALSE(with(3, std::string(32, '0')));
    CHECK_FALSE(with(36, std::string(16, '0')));
    CHECK_FALSE(with(4, "A"));
    CHECK_FALSE(with(35, "_"));
    CHECK_FALSE(parse_traceparent(example.substr(1)).has_value());
    CHECK_FALSE(parse_traceparent("").has_value());
}

TEST_CASE("trace context: span ids of a process differ, and are never 0") {
    CHECK(span_id(1, 1) != span_id(1, 2));
    CHECK(span_id(1, 1) != span_id(2, 1));
    for (std::uint64_t n = 0; n < 1000; ++n) CHECK(span_id(9, n) != 0);
}

}  // namespace
}  // namespace shaketable::injector
