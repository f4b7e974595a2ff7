#include "loadsim/load/injector.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "loadsim/load/program.h"

namespace starling::load {
namespace {

/// A program that is told to end undoes what it did.
constexpr int kUndoMs = 10'000;
constexpr int kStepMs = 20;

std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return text.substr(text.rfind('\n') + 1);
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Injected injected(std::size_t fault, std::string_view output, int status) {
  const std::string_view line = last_line(output);
  Injected out{.fault = fault, .note = std::string(line)};
  if (!WIFEXITED(status)) {
    out.note = fmt::format("the injector was ended by signal {}", WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    if (line.empty()) out.note = fmt::format("the injector has ended with {}", WEXITSTATUS(status));
  } else {
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), out.effect);
    if (error != std::errc()) {
      out.note = fmt::format("the injector says no number of effects, but '{}'", line);
    } else {
      out.note = line.substr(std::min<std::size_t>(static_cast<std::size_t>(rest - line.data()) + 1, line.size()));
    }
  }
  return out;
}

Injector::Injector(std::vector<std::string> command, std::filesystem::path scratch)
    : command_(std::move(command)), scratch_(std::move(scratch)) {}

Injector::~Injector() {
  cut_short();
  for (int waited = 0; waited < kUndoMs && !is_idle(); waited += kStepMs) {
    ::usleep(kStepMs * 1000);
    static_cast<void>(ended(Instant{}));
  }
  for (const Running& each : running_) ::kill(each.pid, SIGKILL);
}

bool Injector::is_running(std::size_t fault) const {
  return std::ranges::any_of(running_, [&](const Running& each) { return each.fault == fault; });
}

void Injector::start(std::size_t fault, const std::string& line, Instant deadline, std::optional<std::size_t> behind) {
  if (behind && is_running(*behind)) return waiting_.push_back({fault, line, deadline, *behind});
  std::vector<std::string> command = command_;
  command.push_back(line);
  const std::filesystem::path output = scratch_ / fmt::format("injected.{}", ++started_);
  const pid_t pid = start_program(command, {.file = output}, SIGTERM);
  running_.push_back({.fault = fault, .pid = pid, .output = output, .deadline = deadline});
}

std::vector<Injected> Injector::ended(Instant now) {
  std::vector<Injected> found;
  std::erase_if(running_, [&](Running& each) {
    int status = 0;
    if (each.pid > 0 && ::waitpid(each.pid, &status, WNOHANG) != each.pid) {
      if (now > each.deadline) {
        ::kill(each.pid, SIGKILL);
        each.late = true;
      }
      return false;
    }
    Injected& out = found.emplace_back(injected(each.fault, read_all(each.output), status));
    if (each.pid <= 0) out = {.fault = each.fault, .note = "no process could be made for the injector"};
    if (each.late) out.note = "the injector was not done in time";
    return true;
  });
  const auto may_begin =
      std::ranges::stable_partition(waiting_, [this](const Waiting& each) { return is_running(each.behind); });
  const std::vector<Waiting> next(may_begin.begin(), may_begin.end());
  waiting_.erase(may_begin.begin(), may_begin.end());
  for (const Waiting& each : next) start(each.fault, each.line, each.deadline);
  return found;
}

void Injector::cut_short() {
  waiting_.clear();
  for (const Running& each : running_) {
    if (each.pid > 0) ::kill(each.pid, SIGTERM);
  }
}

}  // namespace starling::load
