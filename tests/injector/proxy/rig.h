/// A worker, an upstream and clients in one thread, on real sockets: what happens is driven by the
/// test, and waiting means running the worker until something is so.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "injector/proxy/worker.h"

namespace shaketable::injector::proxy {

/// One end of a connection that a test holds.
class Peer {
  public:
    explicit Peer(int descriptor) : descriptor_{descriptor} {}
    Peer(Peer&& other) noexcept;
    Peer& operator=(Peer&& other) noexcept;
    ~Peer() { close(); }

    /// Sends what the kernel takes; how much that was.
    std::size_t send(std::string_view bytes);
    void end();    ///< FIN
    void reset();  ///< RST
    void close();
    /// Reads what is there.
    void read();

    std::string received;
    bool ended = false;      ///< a FIN came
    bool was_reset = false;  ///< an RST came

  private:
    int descriptor_;
};

class Rig {
  public:
    explicit Rig(Limits limits = {});
    /// In a run; its time begins now.
    Rig(const model::Model& model, faults::Timeline timeline, Limits limits = {});
    ~Rig();

    /// Runs the worker until `is_so`, at most ten seconds, which is a failure.
    void until(const std::function<bool()>& is_so);
    /// Runs it until nothing more happens by itself at once.
    void settle();
    void run_for(Duration time);

    Proxy& add(ProxySettings settings);
    /// A proxy "p" on 127.0.0.1 to the upstream.
    Proxy& add(Flavour flavour = Flavour::tcp);
    [[nodiscard]] Peer connect(const Proxy& proxy);
    /// What the upstream accepts next.
    [[nodiscard]] Peer accept();
    /// A client and what the upstream sees of it.
    struct Pair {
        Peer client, server;
    };
    [[nodiscard]] Pair open(const Proxy& proxy);
    void expect(Peer& peer, std::string_view received);

    void put(LiveFault fault);
    void put(faults::AnyKind kind) { put({.id = "f", .kind = std::move(kind)}); }
    void remove(const std::string& id = "f");

    /// Of the upstream, for `accept_from`.
    [[nodiscard]] int listener() const noexcept { return listener_; }

    Worker worker;
    Address upstream;

  private:
    void listen();
    int listener_ = -1;
};

/// Connects without blocking; none where it is refused at once.
[[nodiscard]] std::optional<Peer> try_connect(const Address& address);

}  // namespace shaketable::injector::proxy
