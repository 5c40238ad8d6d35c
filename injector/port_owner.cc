#include "injector/port_owner.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace shaketable::injector {

namespace {

/// The inode of the socket that listens on a local TCP port of IPv4; 0: none seen.
std::uint64_t inode_of_listener(std::uint16_t port) {
    std::ifstream table{"/proc/net/tcp"};
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream row{line};
        std::string number, local, remote, state, queues, timer, retransmit, uid, timeout;
        std::uint64_t inode = 0;
        row >> number >> local >> remote >> state >> queues >> timer >> retransmit >> uid >>
            timeout >> inode;
        const std::size_t colon = local.find(':');
        if (state != "0A" || colon == std::string::npos) continue;
        if (std::stoul(local.substr(colon + 1), nullptr, 16) == port) return inode;
    }
    return 0;
}

}  // namespace

std::string port_owner(std::uint16_t port) {
    namespace fs = std::filesystem;
    const std::uint64_t inode = inode_of_listener(port);
    if (inode == 0) return {};
    const std::string wanted = "socket:[" + std::to_string(inode) + "]";
    const fs::directory_iterator end;
    std::error_code error;
    for (fs::directory_iterator at{"/proc", error}; !error && at != end; at.increment(error)) {
        const fs::path process = at->path();
        const std::string pid = process.filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        std::error_code gone;  // it may end while it is looked at
        for (fs::directory_iterator fd{process / "fd", gone}; !gone && fd != end;
             fd.increment(gone)) {
            std::error_code closed;
            if (fs::read_symlink(fd->path(), closed).string() != wanted) continue;
            std::string name;
            std::getline(std::ifstream{process / "comm"}, name);
            return name + " (process " + pid + ")";
        }
    }
    return {};
}

}  // namespace shaketable::injector
