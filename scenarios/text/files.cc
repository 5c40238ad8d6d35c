#include "scenarios/text/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/quantity.h"
#include "scenarios/text/path.h"

namespace shaketable::scenarios::text {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t includes_max = 100;

std::string nearest_file(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error)) {
        names.push_back(it->path().filename().string());
        if (names.size() == 10'000) break;
    }
    // The order of a folder is nobody's promise.
    std::sort(names.begin(), names.end());
    const std::string near = nearest(path.filename().string(), names);
    return near.empty() ? near : (path.parent_path() / near).string();
}

Unexpected<Problem> unreadable(const std::string& path, const std::string& why) {
    const std::string near = nearest_file(path);
    return {Problem{.code = "E001",
                    .message = why,
                    .hint = near.empty() || near == path ? "" : "did you mean \"" + near + "\"?"}};
}

}  // namespace

Result<std::string> load(const std::string& path, bool any_kind) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return unreadable(path, "there is no such file");
    if (fs::is_directory(status)) return unreadable(path, "it is a folder");
    if (!any_kind && !fs::is_regular_file(status)) return unreadable(path, "it is not a file");
    // Opening one waits until somebody writes, perhaps for ever. A shell's own pipes are open.
    if (fs::is_fifo(status) && !path.starts_with("/dev/") && !path.starts_with("/proc/"))
        return unreadable(path, "it is a named pipe, which may never end; give it as /dev/stdin");
    // A pipe has no size and a device no end: read what comes, up to the limit.
    std::ifstream file{path, std::ios::binary};
    if (!file) return unreadable(path, "no permission, or it went away");
    std::string text;
    std::vector<char> buffer(std::size_t{1} << 16U);
    while (file && text.size() <= bytes_max) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return unreadable(path, "the disk reports an error");
    return text;
}

Result<std::string> resolve(const std::string& main, const std::string& from,
                            const std::string& name) {
    const auto refuse = [&](const std::string& why) {
        return Unexpected{Problem{.code = "E042",
                                  .message = "cannot use " + quote(name) + ": " + why,
                                  .hint = "files a scenario names lie in its folder or below it"}};
    };
    if (name.empty()) return refuse("the name is empty");
    if (name.find('\0') != std::string::npos) return refuse("there is a NUL in its name");
    const fs::path path = (fs::path{from}.parent_path() / name).lexically_normal();
    std::error_code error;
    fs::path home = fs::path{main}.parent_path();
    home = fs::weakly_canonical(home.empty() ? fs::path{"."} : home, error);
    if (error) return refuse("its folder is not there");
    // Absolute first: of a relative path that is not there nothing would be made canonical.
    const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
    if (error) return refuse("its folder is not there");
    const auto [end, rest] = std::mismatch(home.begin(), home.end(), real.begin(), real.end());
    if (end != home.end() && !end->empty()) return refuse("it lies outside the scenario's folder");
    return path.string();
}

namespace {

class Loader {
  public:
    Loader(Sources& sources, Problems& problems, bool may_read_files)
        : sources_{sources}, problems_{problems}, may_read_files_{may_read_files} {}

    /// `file` is already among the sources.
    NodePtr load_with_includes(std::uint32_t file) {
        NodePtr own = parse(sources_, file, problems_);
        if (own == nullptr || !own->is_map()) return own;
        const Entry* include = own->find("include");
        if (include == nullptr || include->value->is_null()) return own;
        std::vector<Entry> names;
        if (include->value->is_scalar()) names.push_back(*include);
        if (include->value->is_sequence()) names = include->value->entries;
        if (include->value->is_map())
            fail("E013", "expected a list of files", include->value->place, "put `- ` in front");
        open_.push_back(fs::path{sources_.files[file].name}.lexically_normal().string());
        NodePtr below;
        for (const Entry& name : names) {
            if (!name.value->is_scalar()) {
                fail("E013", "expected the name of a file, found " + describe(*name.value),
                     name.value->place);
                continue;
            }
            NodePtr included = load_included(file, *name.value);
            if (included != nullptr) below = below == nullptr ? included : merge(below, included);
        }
        open_.pop_back();
        return below == nullptr ? own : merge(below, own);
    }

  private:
    void fail(std::string code, std::string message, const Place& place, std::string hint = {}) {
        problems_.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .hint = std::move(hint),
                             .where = locate(sources_, place)});
    }

    NodePtr load_included(std::uint32_t from, const Node& name) {
        if (!may_read_files_) {
            fail("E042", "this text may not include files", name.place);
            return nullptr;
        }
        Result<std::string> path =
            resolve(sources_.files.front().name, sources_.files[from].name, name.text);
        if (!path) {
            fail(path.error().code, path.error().message, name.place, path.error().hint);
            return nullptr;
        }
        if (std::find(open_.begin(), open_.end(), *path) != open_.end()) {
            fail("E042", "the files include each other in a circle: " + quote(name.text),
                 name.place);
            return nullptr;
        }
        if (++included_ > includes_max) {
            if (included_ == includes_max + 1) fail("E042", "more than 100 includes", name.place);
            return nullptr;
        }
        Result<std::string> text = load(*path);
        if (!text) {
            fail("E042", "cannot include " + quote(name.text) + ": " + text.error().message,
                 name.place, text.error().hint);
            return nullptr;
        }
        const auto file = static_cast<std::uint32_t>(sources_.files.size());
        sources_.files.push_back(make_source(*path, *std::move(text)));
        NodePtr tree = load_with_includes(file);
        if (tree != nullptr && !tree->is_map()) {
            fail("E004", "an included file must be a map", tree->place);
            return nullptr;
        }
        return tree;
    }

    Sources& sources_;
    Problems& problems_;
    bool may_read_files_;
    std::vector<std::string> open_;
    std::size_t included_ = 0;
};

}  // namespace

NodePtr load_tree(Sources& sources, Problems& problems, bool may_read_files) {
    return Loader{sources, problems, may_read_files}.load_with_includes(0);
}

}  // namespace shaketable::scenarios::text
