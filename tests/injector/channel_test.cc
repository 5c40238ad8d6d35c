#include "injector/channel.h"

#include <array>
#include <cstring>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>

namespace shaketable::injector {
namespace {

constexpr Duration soon = std::chrono::seconds{10};

/// A channel and the bare end of its pair.
struct Bare {
    Bare() {
        std::array<int, 2> ends{-1, -1};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        channel.emplace(Descriptor{ends[0]});
        raw = Descriptor{ends[1]};
    }
    void write(const std::string& bytes) const {
        REQUIRE(::send(raw.get(), bytes.data(), bytes.size(), 0) ==
                static_cast<ssize_t>(bytes.size()));
    }
    static std::string frame(std::uint32_t length, char kind, const std::string& body) {
        std::string bytes(sizeof length, '\0');
        std::memcpy(bytes.data(), &length, sizeof length);
        return bytes + kind + body;
    }
    std::optional<Channel> channel;
    Descriptor raw;
};

TEST_CASE("channel: messages arrive whole, in order, with their kind and body") {
    auto [a, b] = Channel::pair();
    CHECK(a.send(MessageKind::ready));
    CHECK(a.send(MessageKind::sample, "one"));
    CHECK(a.send(MessageKind::error, std::string{"t\0wo", 4}));
    const auto first = b.receive(), second = b.receive(), third = b.receive();
    REQUIRE((first && second && third));
    CHECK(first->kind == MessageKind::ready);
    CHECK(first->body.empty());
    CHECK(second->body == "one");
    CHECK(third->kind == MessageKind::error);
    CHECK(third->body == std::string{"t\0wo", 4});
    CHECK_FALSE(b.receive().has_value());
    CHECK_FALSE(b.closed());
}

TEST_CASE("channel: a message larger than the socket's buffer waits for its reader") {
    auto [a, b] = Channel::pair();
    const std::string body(5'000'000, 'p');
    std::thread sender{[&, end = &a] { CHECK(end->send(MessageKind::part, body)); }};
    const auto message = b.wait_for_message(soon);
    sender.join();
    REQUIRE(message.has_value());
    CHECK(message->body == body);
}

TEST_CASE("channel: a message may come in any pieces") {
    Bare bare;
    const std::string bytes = Bare::frame(6, static_cast<char>(MessageKind::order), "hello");
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK_FALSE(bare.channel->receive().has_value());
        bare.write(bytes.substr(i, 1));
    }
    const auto message = bare.channel->receive();
    REQUIRE(message.has_value());
    CHECK(message->body == "hello");
}

TEST_CASE("channel: what was said before the other end went is still heard") {
    auto [a, b] = Channel::pair();
    CHECK(a.send(MessageKind::part, "last words"));
    a = Channel{Descriptor{}};
    const auto message = b.receive();
    REQUIRE(message.has_value());
    CHECK(message->body == "last words");
    CHECK_FALSE(b.receive().has_value());
    CHECK(b.closed());
    CHECK_FALSE(b.send(MessageKind::stop));
}

TEST_CASE("channel: half a message is none") {
    Bare bare;
    bare.write(Bare::frame(100, static_cast<char>(MessageKind::part), "short"));
    bare.raw.reset();
    CHECK_FALSE(bare.channel->receive().has_value());
    CHECK(bare.channel->closed());
}

TEST_CASE("channel: an unknown kind, no kind or a length beyond the bound ends it at once") {
    const auto ends = [](std::uint32_t length, char kind) {
        Bare bare;
        bare.write(Bare::frame(length, kind, "x"));
        return !bare.channel->receive().has_value() && bare.channel->closed();
    };
    CHECK(ends(2, 0));
    CHECK(ends(2, 99));
    CHECK(ends(0, static_cast<char>(MessageKind::ready)));
    CHECK(ends(Channel::body_max + 2, static_cast<char>(MessageKind::part)));
    CHECK_FALSE(ends(Channel::body_max + 1, static_cast<char>(MessageKind::part)));
}

}  // namespace
}  // namespace shaketable::injector
