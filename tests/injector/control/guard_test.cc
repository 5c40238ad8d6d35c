// Who is let in: programs on this machine, and no page in a browser.
#include "injector/control/guard.h"

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/injector/control/rig.h"
#include "tests/injector/runtime_folder.h"

namespace shaketable::injector::control {
namespace {

using proxy::Address;
using proxy::Peer;

/// The status of the refusal; 0 = it may be answered.
int refused(const Request& request, const char* listening = "127.0.0.1:8474") {
    const auto stranger = find_stranger(request, *Address::parse(listening));
    return stranger ? stranger->status : 0;
}

Request from(std::string host) {
    Request request{.method = "GET", .path = "/proxies"};
    request.host = std::move(host);
    request.hosts = 1;
    return request;
}

/// A head of these lines, as it stands, and no body.
Reply ask(ControlRig& rig, const std::string& target, const std::string& lines) {
    Peer peer = rig.connect();
    peer.send("GET " + target + " HTTP/1.1\r\n" + lines + "\r\n");
    return rig.receive(peer);
}

TEST_CASE("guard: the address itself and localhost are ours, in any case, with the right port") {
    for (const char* host : {"127.0.0.1:8474", "localhost:8474", "LocalHost:8474"}) {
        INFO(host);
        CHECK(refused(from(host)) == 0);
    }
    CHECK(refused(from("[::1]:8474"), "[::1]:8474") == 0);
    CHECK(refused(from("localhost:8474"), "[::1]:8474") == 0);
}

TEST_CASE("guard: a port of 80 may be left out, as clients do") {
    CHECK(refused(from("localhost"), "127.0.0.1:80") == 0);
    CHECK(refused(from("127.0.0.1"), "127.0.0.1:80") == 0);
    CHECK(refused(from("[::1]"), "[::1]:80") == 0);
    CHECK(refused(from("localhost:80"), "127.0.0.1:80") == 0);
    CHECK(refused(from("evil"), "127.0.0.1:80") == 421);
}

TEST_CASE("guard: any other name is 421, however near it comes") {
    for (const char* host : {"evil",
                             "evil:8474",
                             "localhost",
                             "localhost:80",
                             "localhost:84740",
                             "localhost:08474",
                             "localhost.:8474",
                             "localhost.evil:8474",
                             "evil.localhost:8474",
                             "127.0.0.1.nip.io:8474",
                             "127.0.0.1",
                             "127.0.0.2:8474",
                             "127.1:8474",
                             "0177.0.0.1:8474",
                             "2130706433:8474",
                             "[::1]:8474",
                             "[::ffff:127.0.0.1]:8474",
                             "0.0.0.0:8474",
                             "user@localhost:8474",
                             "localhost:8474@evil",
                             "localhost:8474,evil",
                             " localhost:8474",
                             "localhost:8474 ",
                             "localhost:8474/",
                             "",
                             ":8474"}) {
        INFO(host);
        CHECK(refused(from(host)) == 421);
    }
    CHECK(refused(from("127.0.0.1:8474"), "[::1]:8474") == 421);
}

TEST_CASE("guard: no Host, and more than one, are 400") {
    Request none = from("127.0.0.1:8474");
    none.hosts = 0;
    CHECK(refused(none) == 400);
    Request two = from("127.0.0.1:8474");
    two.hosts = 2;
    CHECK(refused(two) == 400);
}

TEST_CASE("guard: a target that names another host is 421, whatever the Host says") {
    Request request = from("127.0.0.1:8474");
    request.authority = "127.0.0.1:8474";
    CHECK(refused(request) == 0);
    request.authority = "evil:8474";
    CHECK(refused(request) == 421);
}

TEST_CASE("guard: what a page sends is 403: any Origin, and any Sec-Fetch-Site but none") {
    for (const char* origin : {"null", "http://evil", "http://localhost:8474"}) {
        INFO(origin);
        Request request = from("127.0.0.1:8474");
        request.origin = origin;
        CHECK(refused(request) == 403);
        CHECK(refused(request, "unix:/run/x.sock") == 403);
    }
    for (const char* site : {"cross-site", "same-site", "same-origin", "nonsense"}) {
        INFO(site);
        Request request = from("127.0.0.1:8474");
        request.fetch_site = site;
        CHECK(refused(request) == 403);
        CHECK(refused(request, "unix:/run/x.sock") == 403);
    }
    Request typed = from("127.0.0.1:8474");
    typed.fetch_site = "none";
    CHECK(refused(typed) == 0);
}

TEST_CASE("guard: over a unix socket any Host is let in, and none as well") {
    Request request = from("anything");
    CHECK(refused(request, "unix:/run/x.sock") == 0);
    request.hosts = 0;
    CHECK(refused(request, "unix:/run/x.sock") == 0);
}

TEST_CASE("guard: it stands before every path, over the wire") {
    ControlRig rig;
    rig.add_proxy();
    const std::string ours = "Host: " + rig.host() + "\r\n";
    for (const char* path : {"/version", "/proxies", "/v1/faults", "/v1/events", "/metrics",
                             "/healthz", "//proxies", "/nothing"}) {
        INFO(path);
        CHECK(ask(rig, path, "Host: evil\r\n").status == 421);
        CHECK(ask(rig, path, "").status == 400);
        CHECK(ask(rig, path, ours + ours).status == 400);
        CHECK(ask(rig, path, ours + "Origin: http://" + rig.host() + "\r\n").status == 403);
        CHECK(ask(rig, path, ours + "origin:\r\n").status == 403);
        CHECK(ask(rig, path, ours + "Sec-Fetch-Site: cross-site\r\n").status == 403);
        CHECK(ask(rig, path, ours + "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n")
                  .status == 403);
    }
    CHECK(ask(rig, "http://evil/proxies", ours).status == 421);
    CHECK(ask(rig, "http://" + rig.host() + "/proxies", ours).status == 200);
    CHECK(ask(rig, "http://" + rig.host() + "@evil/proxies", ours).status == 421);
    CHECK(ask(rig, "http://" + rig.host(), ours).status == 404);
}

TEST_CASE("guard: a Host that only resembles ours changes nothing") {
    ControlRig rig;
    rig.add_proxy();
    Peer peer = rig.connect();
    peer.send("DELETE /proxies/p HTTP/1.1\r\nHost: localhost.evil\r\n\r\n");
    CHECK(rig.receive(peer).status == 421);
    CHECK(rig.rig.worker.find("p") != nullptr);
}

TEST_CASE("guard: the control API listens on loopback and unix sockets only") {
    proxy::Rig rig;
    Control control{rig.worker};
    for (const char* address :
         {"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0", "[fe80::1]:0"}) {
        INFO(address);
        const auto parsed = Address::parse(address);
        if (!parsed) continue;
        const auto problem = control.server().listen(*parsed);
        REQUIRE(problem);
        CHECK(problem->code == "E304");
    }
}

TEST_CASE("guard: a unix socket is its user's alone, and goes away with the server") {
    const RuntimeFolder folder;
    const std::string path = folder.path("control.sock");
    const mode_t mask = ::umask(0);
    {
        proxy::Rig rig;
        Control control{rig.worker};
        REQUIRE_FALSE(control.server().listen(*Address::parse("unix:" + path)));
        struct stat file {};
        REQUIRE(::stat(path.c_str(), &file) == 0);
        CHECK((file.st_mode & 0777U) == 0600U);
        std::optional<Peer> peer = proxy::try_connect(control.server().address());
        REQUIRE(peer);
        peer->send("GET /healthz HTTP/1.1\r\nHost: whatever\r\n\r\n");
        Reply reply;
        rig.until([&] {
            peer->read();
            reply = take_reply(peer->received, peer->ended);
            return reply.status != 0;
        });
        CHECK(reply.status == 200);
        CHECK(::umask(0) == 0);
    }
    CHECK(::access(path.c_str(), F_OK) != 0);
    ::umask(mask);
    CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace shaketable::injector::control
