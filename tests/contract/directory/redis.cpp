#include "tests/contract/directory/redis.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace starling::contract {
namespace {

using namespace std::chrono_literals;
/// Whatever comes at all comes much sooner; the machine may have other things to do.
constexpr auto kPatience = 20s;
constexpr auto kLook = 5ms;

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;

template <class Condition>
bool comes_true(Condition&& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? std::string() : std::string(reply.str, reply.len);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> more, const std::string& file) : arguments_(std::move(more)) {
  std::string name = (std::filesystem::temp_directory_path() / "starling-redis-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
  folder_ = name;
  std::ofstream(folder_ / "redis.conf") << file;
  start();
}

RedisServer::~RedisServer() {
  stop();
  std::filesystem::remove_all(folder_);
}

void RedisServer::start() {
  const std::string socket = (folder_ / "redis.sock").string();
  const std::string log = (folder_ / "redis.log").string();
  std::vector<std::string> words{"redis-server", (folder_ / "redis.conf").string(),
                                 "--unixsocket", socket,
                                 "--dir",        folder_.string(),
                                 "--logfile",    log};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  const bool there = comes_true([&] {
    return Context(redisConnectUnix(socket.c_str()), &redisFree)->err == 0 ||
           ::waitpid(process_, nullptr, WNOHANG) != 0;
  });
  if (!there || Context(redisConnectUnix(socket.c_str()), &redisFree)->err != 0) {
    throw std::runtime_error("redis-server does not start; fix: apt-get install redis-server; its log: " + log);
  }
}

void RedisServer::stop() {
  if (process_ == 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void RedisServer::stand_still() { ::kill(process_, SIGSTOP); }
void RedisServer::go_on() { ::kill(process_, SIGCONT); }

directory::Config RedisServer::config(const ports::TailLimits& limits) const {
  directory::Config config;
  config.server.host = (folder_ / "redis.sock").string();
  config.limits = limits;
  return config;
}

std::string RedisServer::ask(const std::vector<std::string>& words) const {
  const Context context(redisConnectUnix((folder_ / "redis.sock").c_str()), &redisFree);
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  auto* reply = static_cast<redisReply*>(
      redisCommandArgv(context.get(), static_cast<int>(words.size()), starts.data(), sizes.data()));
  if (reply == nullptr) throw std::runtime_error(context->errstr);
  const std::unique_ptr<redisReply, decltype(&freeReplyObject)> owned(reply, &freeReplyObject);
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(text_of(*reply));
  return text_of(*reply);
}

DirectoryNode::DirectoryNode(const directory::Config& config, bool waits)
    : directory_(config, {.answer =
                              [this](ShardId, ports::TailRead&& read) {
                                const std::lock_guard lock(mutex_);
                                answers_[read.id].push_back(std::move(read.events));
                                changed_.notify_all();
                              },
                          .warn =
                              [this](const std::string& line) {
                                const std::lock_guard lock(mutex_);
                                lines_.push_back(line);
                                changed_.notify_all();
                              }}) {
  if (waits && !reaches("starling_directory_connected", 1)) throw std::runtime_error("no connection");
}

void DirectoryNode::submit(ports::DirectoryRequest request) {
  directory_.submit(ShardId(3), {.id = ++last_id_, .request = std::move(request)});
}

bool DirectoryNode::is_answered(const ports::ReadTail& request) {
  submit(request);
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return answers_.contains(last_id_); });
}

std::vector<wire::Event> DirectoryNode::read(const ports::ReadTail& request) {
  if (!is_answered(request)) throw std::runtime_error("no answer");
  const std::lock_guard lock(mutex_);
  for (const auto& [id, answers] : answers_) {
    if (answers.size() != 1) throw std::runtime_error("a read is answered once");
  }
  return answers_[last_id_].front();
}

bool DirectoryNode::complains(const std::string& of) {
  return comes_true([&] {
    const std::lock_guard lock(mutex_);
    for (const std::string& line : lines_) {
      if (line.find(of) != std::string::npos) return true;
    }
    return false;
  });
}

std::uint64_t DirectoryNode::metric(const std::string& name) const {
  const std::string text = directory_.metrics();
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) throw std::runtime_error("no metric " + name);
  return std::stoull(text.substr(at + name.size() + 2));
}

bool DirectoryNode::reaches(const std::string& name, std::uint64_t value) {
  return comes_true([&] { return metric(name) >= value; });
}

}  // namespace starling::contract
