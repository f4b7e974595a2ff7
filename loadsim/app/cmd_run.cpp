#include "loadsim/app/cmd_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "loadsim/app/planted_bug.h"
#include "loadsim/app/run_accounts.h"
#include "loadsim/app/scenario_input.h"
#include "loadsim/app/server_config.h"
#include "loadsim/app/store_option.h"
#include "loadsim/load/coordinator.h"
#include "loadsim/load/real_faults.h"
#include "loadsim/report/html_report.h"
#include "loadsim/report/json_report.h"
#include "loadsim/report/junit_report.h"
#include "loadsim/report/text_report.h"
#include "loadsim/sim/scenario_run.h"
#include "loadsim/users/scenario.h"
#include "server/auth/key_files.h"
#include "server/ports/numbering.h"

namespace starling::loadsim {
namespace {

constexpr int kCouldNotRun = 1;
constexpr const char* kUsualConfig = ".starling/starling.toml";

struct Options {
  std::string scenario;
  std::string world = "real";
  std::string url;
  std::vector<std::string> configs;  // one a node
  std::string faults;
  std::string injector;
  std::string report;
  std::string tokens;
  std::string duration;
  std::string ramp;
  std::uint32_t users = 0;
  std::uint32_t workers = 0;
  std::uint64_t seed = 0;
  bool spawn = false;
  // Of the simulated world; 0: as it comes.
  std::uint16_t nodes = 0;
  std::uint16_t shards = 0;
  StoreChoice store;

  bool simulated() const { return world == "sim"; }
  std::vector<std::string> configs_or_usual() const {
    return configs.empty() ? std::vector<std::string>{kUsualConfig} : configs;
  }
};

template <class T>
using Or = Result<T, std::string>;

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

/// On a command line a semicolon may also stand before another time.
std::string one_time_a_line(std::string text) {
  for (std::size_t at = text.find(';'); at != std::string::npos; at = text.find(';', at + 1)) {
    const std::size_t next = text.find_first_not_of(" \t", at + 1);
    if (next != std::string::npos && text[next] == '@') text[at] = '\n';
  }
  return text;
}

/// What the command line changes of the scenario.
Or<void> apply(const Options& options, users::Scenario& scenario) {
  if (options.users != 0) {
    scenario.users = options.users;
    if (!scenario.rooms.seeded) scenario.rooms.members = std::min(scenario.rooms.members, scenario.users);
  }
  if (!options.duration.empty() && !users::parse_duration(options.duration, scenario.duration)) {
    return tl::unexpected(fmt::format("--duration takes a duration, as 30s or 2m, not '{}'", options.duration));
  }
  if (!options.ramp.empty() && !users::parse_duration(options.ramp, scenario.ramp)) {
    return tl::unexpected(fmt::format("--ramp takes a duration, as 30s or 2m, not '{}'", options.ramp));
  }
  if (!options.faults.empty()) {
    auto lines = users::parse_faults(one_time_a_line(options.faults));
    if (!lines) return tl::unexpected(fmt::format("--faults: {}", lines.error().text));
    scenario.faults.insert(scenario.faults.end(), lines->begin(), lines->end());
    std::stable_sort(scenario.faults.begin(), scenario.faults.end(),
                     [](const users::Fault& a, const users::Fault& b) { return a.at < b.at; });
  }
  std::vector<std::string> wrong = users::contradictions(scenario);
  if (!options.simulated()) {
    const load::Hands hands{
        .nodes = options.configs_or_usual().size(), .spawned = options.spawn, .injector = !options.injector.empty()};
    for (std::string& line : load::impossible(scenario.faults, hands)) wrong.push_back(std::move(line));
  }
  if (!wrong.empty()) return tl::unexpected(fmt::format("{}", fmt::join(wrong, "\n")));
  return {};
}

Or<std::unique_ptr<load::Accounts>> make_accounts(const Options& options, const ServerConfig& config,
                                                  const users::Scenario& scenario, std::uint64_t seed) {
  if (options.spawn) {
    if (const auto made = auth::ensure_keys(config.keys_dir()); !made) return tl::unexpected(made.error().message);
  }
  if (!options.tokens.empty()) {
    const auto keys = auth::load_server_keys(config.keys_dir());
    if (!keys) return tl::unexpected(keys.error().message);
    auto listed = ListedAccounts::read(options.tokens, *keys);
    if (!listed) return tl::unexpected(listed.error());
    if ((*listed)->size() < scenario.users) {
      return tl::unexpected(
          fmt::format("{} holds {} tokens for {} users", options.tokens, (*listed)->size(), scenario.users));
    }
    return std::move(*listed);
  }
  const auto secret = auth::load_token_secret(config.keys_dir());
  if (!secret) return tl::unexpected(secret.error().message);
  return std::make_unique<MintedAccounts>(*secret, seed, scenario.rooms.seeded);
}

/// A directory that goes with this object.
class Scratch {
 public:
  Scratch() {
    std::string path = std::filesystem::temp_directory_path() / "starling-load-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty() && !kept_) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

Or<void> write_reports(const std::string& directory, const report::RunResult& result) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream file(std::filesystem::path(directory) / name);
    file << text;
    return static_cast<bool>(file.flush());
  };
  if (!write("report.html", report::html(result)) || !write("result.json", report::json(result) + "\n") ||
      !write("junit.xml", report::junit(result))) {
    return tl::unexpected(fmt::format("the report cannot be written to {}", directory));
  }
  fmt::print("report: {}/report.html\n", directory);
  return {};
}

std::uint64_t seed_of(const Options& options) {
  if (options.seed != 0) return options.seed;
  return std::uint64_t{std::random_device{}()} << 32 | std::random_device{}();
}

Or<report::RunResult> run_simulated(const Options& options, users::Scenario scenario) {
  const sim::ScenarioRun run{.scenario = std::move(scenario),
                             .seed = seed_of(options),
                             .nodes = options.nodes != 0 ? options.nodes : std::uint16_t{1},
                             .shards = options.shards != 0 ? options.shards : std::uint16_t{2},
                             .store = options.store.value_or(sim::StoreKind::Embedded)};
  if (const auto lines = sim::impossible(run); !lines.empty()) {
    return tl::unexpected(fmt::format("{}", fmt::join(lines, "\n")));
  }
  return sim::run(run);
}

/// Where each node listens; --url goes for all of them.
Or<std::vector<load::Node>> nodes_of(const Options& options, const std::vector<ServerConfig>& configs) {
  std::vector<load::Node> nodes;
  for (const ServerConfig& config : configs) {
    const std::string url = options.url.empty() ? "ws://" + config.listen + "/v1/ws" : options.url;
    const auto endpoint = load::parse_endpoint(url);
    if (!endpoint) return tl::unexpected(fmt::format("'{}' is no URL of the form ws://127.0.0.1:8008/v1/ws", url));
    nodes.push_back({.endpoint = *endpoint,
                     .name = config.node * std::uint32_t{ports::kShardsPerNode} + 1,
                     .shards = config.shards});
  }
  return nodes;
}

Or<report::RunResult> run_real(const Options& options, users::Scenario scenario) {
  const std::vector<std::string> paths = options.configs_or_usual();
  std::vector<ServerConfig> configs;
  for (const std::string& path : paths) {
    const auto config = read_server_config(path);
    if (!config) return tl::unexpected(config.error());
    configs.push_back(*config);
  }
  auto nodes = nodes_of(options, configs);
  if (!nodes) return tl::unexpected(nodes.error());
  const std::uint64_t seed = seed_of(options);
  const auto accounts = make_accounts(options, configs.front(), scenario, seed);
  if (!accounts) return tl::unexpected(accounts.error());

  Scratch scratch;
  const load::RunOptions run_options{.scenario = std::move(scenario),
                                     .nodes = std::move(*nodes),
                                     .seed = seed,
                                     .run_id = static_cast<std::uint32_t>(seed >> 32) | 1,
                                     .workers = options.workers,
                                     .spawn = options.spawn,
                                     .injector = words_of(options.injector),
                                     .configs = paths,
                                     .programs = std::filesystem::read_symlink("/proc/self/exe").parent_path(),
                                     .scratch = scratch.path()};
  auto result = load::Coordinator(run_options, **accounts).run();
  if (!result) scratch.keep();
  return result;
}

/// What the other world would be told. Empty: nothing.
std::string of_the_other_world(const Options& options) {
  if (!options.simulated()) {
    const bool any = options.nodes != 0 || options.shards != 0 || options.store;
    return any ? "--nodes, --shards and --store are of the simulated world: add --world sim" : "";
  }
  const bool any = options.spawn || !options.url.empty() || !options.tokens.empty() || options.workers != 0 ||
                   !options.configs.empty() || !options.injector.empty();
  return any ? "--spawn, --injector, --url, --config, --tokens and --workers are of the real world: leave them away, "
               "or "
               "--world sim"
             : "";
}

Or<int> run(const Options& options) {
  if (options.spawn && !options.injector.empty()) {
    return tl::unexpected(
        std::string("--injector hits nodes that somebody else started, and --spawn starts them here: take one away"));
  }
  if (std::string misplaced = of_the_other_world(options); !misplaced.empty()) return tl::unexpected(misplaced);
  auto scenario = read_scenario(options.scenario);
  if (!scenario) return tl::unexpected(scenario.error());
  if (const auto applied = apply(options, *scenario); !applied) return tl::unexpected(applied.error());
  const auto result =
      options.simulated() ? run_simulated(options, std::move(*scenario)) : run_real(options, std::move(*scenario));
  if (!result) return tl::unexpected(result.error());
  fmt::print("{}", report::text(*result));
  if (!options.report.empty()) {
    if (const auto written = write_reports(options.report, *result); !written) return tl::unexpected(written.error());
  }
  fmt::print("{}\n", report::json(*result));
  return report::exit_code(result->verdict);
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Run a scenario against a real server, or in the simulated world");
  auto options = std::make_shared<Options>();
  command->add_option("scenario", options->scenario, "The scenario's file, as loadsim/scenarios/smoke.toml")
      ->required();
  command->add_option("--world", options->world, "real or sim")
      ->check(CLI::IsMember({"real", "sim"}))
      ->capture_default_str();
  command->add_option("--url", options->url, "Where the server listens (default: as its configuration says)");
  command->add_option("--config", options->configs, "The server's configuration: keys and database; one a node")
      ->default_str(kUsualConfig);
  command->add_flag("--spawn", options->spawn, "Start the server beside this program, so that faults can hit it");
  command->add_option("--injector", options->injector,
                      "Program and arguments, to which each fault of the servers is given as one more");
  command->add_option("--workers", options->workers, "Processes (default: one per 9,000 users, two at least)");
  command->add_option("--faults", options->faults, "More faults, as '@5s kill n1 ; @6s restart n1'");
  command->add_option("--report", options->report, "Directory for report.html, result.json and junit.xml");
  command->add_option("--users", options->users, "Instead of the scenario's number");
  command->add_option("--duration", options->duration, "Instead of the scenario's, as 30s");
  command->add_option("--ramp", options->ramp, "Instead of the scenario's, as 30s");
  command->add_option("--tokens", options->tokens, "File of access tokens, one a line, instead of minting them");
  command->add_option("--seed", options->seed, "Of users, rooms and actions (default: a new one)");
  command
      ->add_option("--nodes", options->nodes,
                   "sim: how many there are of the server (1); several share a database server")
      ->check(CLI::Range(1, 16));
  command->add_option("--shards", options->shards, "sim: of each node (2)")->check(CLI::Range(1, 16));
  add_store_option(*command, options->store, "embedded");
  add_mutant_option(*command);
  command->footer(
      "Exit codes: 0 pass, 2 objective missed, 3 correctness violated, 4 generator unfit, 1 could not run.\n"
      "The last line of the output is JSON.");
  command->callback([options, &exit_code] {
    const Or<int> code = run(*options);
    if (!code) fmt::print(stderr, "starling-loadsim run: {}\n", code.error());
    exit_code = code.value_or(kCouldNotRun);
  });
}

}  // namespace starling::loadsim
