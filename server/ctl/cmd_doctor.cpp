#include "server/ctl/cmd_doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "server/app/config_file.h"
#include "server/ctl/http_address.h"
#include "server/ctl/http_get.h"
#include "server/ctl/judge.h"
#include "server/ctl/judge_database.h"
#include "server/ctl/machine.h"
#include "server/ctl/units.h"
#include "server/store/postgres/checkup.h"
#include "server/store/postgres/verify.h"
#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/inspect.h"
#include "server/store/sqlite/quick_check.h"

namespace starling::ctl {
namespace {

namespace fs = std::filesystem;
using enum Verdict;

/// Read to the end it takes a minute; beyond, a backup is the better check.
constexpr std::uint64_t kQuickCheckMax = std::uint64_t{2} << 30;
constexpr std::int64_t kBackupOldHours = 48;

struct DoctorOptions {
  std::string backup;
  bool every_log = false;
  bool json = false;
};

void look_at_machine(const app::Config& config, std::int64_t now_s, std::vector<Finding>& findings) {
  const Descriptors found = descriptors(config.data_dir);
  findings.push_back(judge_descriptors(found, config, cores()));
  findings.push_back(judge_backlog(sysctl("net/core/somaxconn")));
  findings.push_back(judge_syn_backlog(sysctl("net/ipv4/tcp_max_syn_backlog")));
  findings.push_back(judge_local_ports(local_ports(), config.runtime.behind_proxy));
  findings.push_back(judge_overcommit(sysctl("vm/overcommit_memory")));
  findings.push_back(judge_clock(clock_synchronised(), now_s));
  findings.push_back(judge_entropy(entropy_ready()));
  findings.push_back(judge_memory(memory(), found, config));
  findings.push_back(judge_cores(cores(), config.runtime.shards));
}

void look_at_keys(const app::Config& config, std::vector<Finding>& findings) {
  findings.push_back(judge_ownership(config.keys_dir(), ownership(config.keys_dir()), ::geteuid(), false));
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(config.keys_dir(), error)) {
    if (entry.path().extension() != ".secret") continue;
    Finding finding = judge_ownership(entry.path().string(), ownership(entry.path().string()), ::geteuid(), true);
    if (finding.verdict != Ok) findings.push_back(std::move(finding));
  }
}

void look_at_disk(const app::Config& config, std::vector<Finding>& findings) {
  const std::string& data = config.data_dir;
  findings.push_back(judge_ownership(data, ownership(data), ::geteuid(), false));
  // Before the first start: of where it will be made.
  std::error_code error;
  fs::path there = fs::absolute(data, error);
  while (!fs::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  findings.push_back(judge_space(data, store::space_of(there.string()), config.free_percent_min));
  findings.push_back(judge_file_system(data, file_system(there.string())));
  if (fs::exists(data, error)) {
    findings.push_back(judge_sync(data, sync_latency(data)));
    look_at_keys(config, findings);
  }
}

void look_at_postgres(const app::Config& config, const postgres::Database& database, bool every_log,
                      std::vector<Finding>& findings) {
  const auto found = postgres::check_up(database);
  findings.push_back(judge_database(found));
  if (!found) return;
  findings.push_back(judge_durability(*found, config.store.durability));
  findings.push_back(judge_checksums(*found));
  findings.push_back(judge_connections(*found, config));
  findings.push_back(judge_clocks(*found));
  if (!found->has_schema) return;
  findings.push_back(judge_rights(*found));
  if (!found->schema_fault.empty() || database.part.holds == postgres::Holds::People) return;
  findings.push_back(
      judge_logs(postgres::check_logs(database, every_log ? postgres::Logs::Every : postgres::Logs::Recent)));
}

void look_at_all_of_postgres(const app::Config& config, bool every_log, std::vector<Finding>& findings) {
  const postgres::Databases databases(config.store.postgres, config.store.rooms);
  for (const postgres::Database& database : databases.all()) {
    std::vector<Finding> found;
    look_at_postgres(config, database, every_log, found);
    for (Finding& finding : found) {
      if (!databases.one()) finding.text = fmt::format("{}: {}", postgres::text_of(database.part), finding.text);
      findings.push_back(std::move(finding));
    }
  }
}

/// Its pages; and, when it is asked for, every log in them.
Result<void, std::string> is_sound(const std::string& path, bool every_log) {
  if (!every_log) return store::quick_check(path);
  const auto verified = store::verify(path);
  if (!verified) return tl::unexpected(verified.error());
  return {};
}

void look_at_sqlite(const app::Config& config, bool every_log, std::vector<Finding>& findings) {
  const std::string path = config.database_path();
  std::error_code error;
  if (!fs::exists(path, error)) {
    findings.push_back({.what = "database", .text = fmt::format("{} is made at the first start", path), .fix = {}});
    return;
  }
  const auto totals = store::totals(path);
  if (!totals) {
    findings.push_back({.what = "database",
                        .verdict = Fail,
                        .text = totals.error(),
                        .fix = "starlingctl migrate for an older schema; for damage: starlingctl restore BACKUP"});
    return;
  }
  const std::string text = fmt::format("schema {}, {} rooms with {} events, {}", totals->schema, grouped(totals->rooms),
                                       grouped(totals->events), in_bytes(totals->bytes));
  if (totals->bytes > kQuickCheckMax && !every_log) {
    findings.push_back({.what = "database",
                        .text = text + "; too large to check here, --every-log or a backup verifies all of it",
                        .fix = {}});
    return;
  }
  const auto sound = is_sound(path, every_log);
  findings.push_back(
      {.what = "database",
       .verdict = sound ? Ok : Fail,
       .text = sound ? text + (every_log ? ", every log is whole" : ", its pages are sound") : sound.error(),
       .fix = sound ? "" : "starlingctl restore BACKUP"});
}

void look_at_database(const app::Config& config, bool every_log, std::vector<Finding>& findings) {
  if (config.store.is_shared()) return look_at_all_of_postgres(config, every_log, findings);
  look_at_sqlite(config, every_log, findings);
}

void look_at_backup(const app::Config& config, const std::string& path, std::vector<Finding>& findings) {
  if (path.empty()) return;
  if (config.store.is_shared()) {
    findings.push_back({.what = "backup",
                        .verdict = Fail,
                        .text = "this server's store is PostgreSQL, whose backups are its own",
                        .fix = "pg_verifybackup FOLDER"});
    return;
  }
  const auto report = store::verify(path);
  const std::string again = fmt::format("starlingctl backup --force {}", path);
  if (!report) {
    findings.push_back({.what = "backup", .verdict = Fail, .text = report.error(), .fix = again});
    return;
  }
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  const auto age = fs::file_time_type::clock::now() - written;
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(age).count();
  Finding finding{.what = "backup",
                  .text = fmt::format("{}: {} events, verified, {} hours old", path, grouped(report->events), hours),
                  .fix = {}};
  if (hours > kBackupOldHours) {
    finding.verdict = Warn;
    finding.fix = again;
  }
  findings.push_back(std::move(finding));
}

/// What a server says that it is; empty when it does not say.
std::string version_of(const HttpAddress& address) {
  const auto answer = http_get(address, "/v1/server");
  if (!answer || answer->status != 200) return {};
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(answer->body, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* version = object == nullptr ? nullptr : object->if_contains("version");
  return version != nullptr && version->is_string() ? std::string(version->get_string()) : std::string();
}

Finding judge_running(const HttpAddress& address, const HttpAnswer& ready) {
  const std::string version = version_of(address);
  Finding finding{.what = "server", .text = fmt::format("{} answers", address.url()), .fix = {}};
  if (ready.status != 200) {
    finding.verdict = Warn;
    finding.text += fmt::format(" that it is not ready: {}", ready.body.substr(0, ready.body.find('\n')));
    finding.fix = "starlingctl status";
  } else if (!version.empty() && version != STARLING_VERSION) {
    finding.verdict = Warn;
    finding.text += fmt::format(" as version {}, this program is {}", version, STARLING_VERSION);
    finding.fix = "systemctl restart starlingd";
  } else {
    finding.text += version.empty() ? std::string(" and is ready") : fmt::format(" and is ready, version {}", version);
  }
  return finding;
}

void look_at_server(const app::Config& config, std::vector<Finding>& findings) {
  const auto address = address_of(config);
  if (!address) {
    findings.push_back({.what = "server", .text = "listens on a port that the kernel picks", .fix = {}});
    return;
  }
  const auto ready = http_get(*address, "/readyz");
  if (ready && (ready->status == 200 || ready->status == 503)) {
    findings.push_back(judge_running(*address, *ready));
    return;
  }
  Finding finding{.what = "server", .verdict = Fail, .text = {}, .fix = {}};
  const std::string at = fmt::format("port {} of {}", config.runtime.port, config.runtime.address);
  switch (port_state(config.runtime.address, config.runtime.port)) {
    case Port::Free:
      finding.verdict = Ok;
      finding.text = at + " is free, no server runs";
      break;
    case Port::Taken:
      finding.text = at + " is taken by another program";
      finding.fix = fmt::format("ss -ltnp 'sport = :{}' names it; stop it, or set server.listen", config.runtime.port);
      break;
    case Port::NotAllowed:
      finding.text = at + " needs a privilege that this user lacks";
      finding.fix = "set server.listen to a port above 1023, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit";
      break;
    case Port::NoAddress:
      finding.text = fmt::format("{} is no address of this machine", config.runtime.address);
      finding.fix = "set server.listen to one of those that ip addr shows";
      break;
  }
  findings.push_back(std::move(finding));
}

int doctor(const Options& options, const DoctorOptions& chosen) {
  const app::ParsedConfig parsed = app::load_config(options.config_path);
  const app::Config& config = parsed.config;
  const std::int64_t now_s = to_ms(wall_now()) / 1000;
  std::vector<Finding> findings = judge_config(options.config_path, parsed.errors);
  look_at_machine(config, now_s, findings);
  look_at_disk(config, findings);
  look_at_database(config, chosen.every_log, findings);
  look_at_backup(config, chosen.backup, findings);
  const runtime::TlsConfig& tls = config.runtime.tls;
  findings.push_back(
      judge_certificate(config, tls.enabled() ? certificate(tls.certificate, tls.key) : Certificate{}, now_s));
  look_at_server(config, findings);
  std::fputs(chosen.json ? (to_json(findings) + "\n").c_str() : to_text(findings).c_str(), stdout);
  return exit_code_of(findings);
}

}  // namespace

void add_doctor_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand(
      "doctor", "Look at machine, configuration and database. Exits with 0, with 3 on warnings, with 1 on failures");
  auto chosen = std::make_shared<DoctorOptions>();
  command->add_option("--backup", chosen->backup, "Verify this backup too, and look how old it is");
  command->add_flag("--every-log", chosen->every_log, "Read every log to its end, however long that takes");
  command->add_flag("--json", chosen->json, "One line of JSON");
  command->callback([chosen, &options] { options.exit_code = doctor(options, *chosen); });
}

}  // namespace starling::ctl
