#include "tests/integration/server/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "server/auth/key_files.h"
#include "server/auth/token.h"

namespace starling::test {

using namespace std::chrono_literals;

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "starling-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name) << text;
  return (path_ / name).string();
}

std::string TempDir::read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(path_ / name).rdbuf();
  return text.str();
}

std::string starlingd() { return STARLINGD; }

Process::Process(const TempDir& dir, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& program) {
  static int count = 0;
  log_ = (dir.path() / ("log." + std::to_string(++count))).string();
  std::vector<char*> argv;
  for (const std::string& word : program) argv.push_back(const_cast<char*>(word.c_str()));
  if (argv.empty()) argv.push_back(const_cast<char*>(STARLINGD));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Process::~Process() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  ::kill(pid_, number);
  siginfo_t stopped{};
  if (number == SIGSTOP) ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

bool Process::running() {
  if (status_ != kStillRunning) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return false;
}

int Process::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (running() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
  return status_;
}

std::string Process::output() const {
  std::ostringstream text;
  text << std::ifstream(log_).rdbuf();
  return text.str();
}

Ended run_starlingd(const TempDir& dir, const std::vector<std::string>& arguments) {
  Process process(dir, arguments);
  const int exit_code = process.wait();
  return {exit_code, process.output()};
}

ServerProcess::ServerProcess(const TempDir& dir, const ServerOptions& options) : dir_(dir) {
  config_ =
      dir.write("starling.toml", "[server]\nlisten = \"127.0.0.1:0\"\ndata_dir = \"" + (dir.path() / "data").string() +
                                     "\"\n" + options.server + "\n" + options.sections);
  start();
}

void ServerProcess::start(const std::vector<std::string>& program) {
  const auto port_file = dir_.path() / "port";
  std::filesystem::remove(port_file);
  process_ = std::make_unique<Process>(
      dir_, std::vector<std::string>{"--config", config_, "--port-file", port_file.string()}, program);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!std::filesystem::exists(port_file)) {
    if (!process_->running()) throw std::runtime_error("starlingd ended: " + process_->output());
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("starlingd is not ready in 20 s");
    std::this_thread::sleep_for(5ms);
  }
  port_ = static_cast<std::uint16_t>(std::stoi(dir_.read("port")));
}

void ServerProcess::kill_hard() {
  process_->signal(SIGKILL);
  process_->wait();
}

void ServerProcess::restart(const std::vector<std::string>& program) {
  process_.reset();
  start(program);
}

std::string ServerProcess::token(UserId user, DeviceId device, Duration valid, const ports::Grants& grants) const {
  auth::init_crypto();
  const auto secret = auth::load_token_secret(dir_.path() / "data" / "keys");
  if (!secret) throw std::runtime_error(secret.error().message);
  const WallTime now = wall_now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(valid);
  // An expired token was issued before it expired.
  return auth::mint_token(
      *secret,
      {.user = user, .device = device, .issued = std::min(now, now + ms), .expires = now + ms, .grants = grants});
}

WallTime wall_now() {
  return WallTime(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
}

}  // namespace starling::test
