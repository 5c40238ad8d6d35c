/// Where the replicas of a service are reached: one address per (route, replica), so that every way
/// from a caller to a replica can have its own proxy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <netinet/in.h>

#include "base/check.h"
#include "model/model.h"

namespace shaketable::injector {

/// Method and path of an endpoint; one without `http` is POST by its name.
[[nodiscard]] inline std::string method_of(const model::EndpointPlan& endpoint) {
    return endpoint.method.empty() ? "POST" : endpoint.method;
}
[[nodiscard]] inline std::string path_of(const model::EndpointPlan& endpoint) {
    return endpoint.path.empty() ? "/" + endpoint.name : endpoint.path;
}

class AddressBook {
  public:
    AddressBook() = default;
    explicit AddressBook(const model::Model& model)
        : replicas_{model.replicas.size()}, addresses_(model.routes.size() * replicas_) {}

    /// `route`: index into Model::routes; `replica`: into Model::replicas.
    void set(std::uint32_t route, std::uint32_t replica, sockaddr_in address) {
        addresses_[place(route, replica)] = address;
    }
    /// Port 0 where nobody set one.
    [[nodiscard]] const sockaddr_in& at(std::uint32_t route, std::uint32_t replica) const {
        return addresses_[place(route, replica)];
    }

  private:
    [[nodiscard]] std::size_t place(std::uint32_t route, std::uint32_t replica) const {
        const std::size_t index = std::size_t{route} * replicas_ + replica;
        SHAKETABLE_CHECK(replica < replicas_ && index < addresses_.size(), "a way of the model");
        return index;
    }

    std::size_t replicas_ = 0;
    std::vector<sockaddr_in> addresses_;
};

}  // namespace shaketable::injector
