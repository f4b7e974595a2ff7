#include "loadsim/load/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace starling::load {
namespace {

/// The child's part: never returns.
[[noreturn]] void become(const std::vector<std::string>& command, const OutputFile& output, int at_our_end) {
  ::prctl(PR_SET_PDEATHSIG, at_our_end);
  const int how = O_WRONLY | O_CREAT | O_CLOEXEC | (output.append ? O_APPEND : O_TRUNC);
  const int file = ::open(output.file.c_str(), how, 0600);
  if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0) ::_exit(127);
  if (output.errors) ::dup2(file, STDERR_FILENO);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

pid_t start_program(const std::vector<std::string>& command, const OutputFile& output, int at_our_end) {
  const pid_t pid = ::fork();
  if (pid == 0) become(command, output, at_our_end);
  return pid;
}

int run_program(const std::vector<std::string>& command, const std::filesystem::path& output) {
  const pid_t pid = start_program(command, {.file = output, .errors = false}, SIGKILL);
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace starling::load
