#include <algorithm>
#include <cmath>

#include "common/wire/limits.h"
#include "loadsim/users/scenario.h"
#include "loadsim/users/toml_fields.h"

namespace starling::users {
namespace {

/// What the checkers write into a message, at the least (loadsim/check/stamp.h).
constexpr std::int64_t kMessageBytesMin = 72;
constexpr double kWeightMax = 1e6;
constexpr std::uint32_t kThousandths = 1000;

class ScenarioReader {
 public:
  Result<Scenario, std::vector<ScenarioError>> read(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      errors_.push_back({static_cast<std::uint32_t>(error.source().begin.line), std::string(error.description())});
      return tl::unexpected(std::move(errors_));
    }
    top(parsed.table());
    if (errors_.empty()) {
      for (std::string& each : contradictions(scenario_)) errors_.push_back({0, std::move(each)});
    }
    if (errors_.empty()) return std::move(scenario_);
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const ScenarioError& a, const ScenarioError& b) { return a.line < b.line; });
    return tl::unexpected(std::move(errors_));
  }

 private:
  void top(const toml::table& table) {
    TomlFields fields(table, "", errors_);
    fields.text("name", scenario_.name);
    fields.text("about", scenario_.about);
    fields.number("users", scenario_.users, 1, limits::kUsersMax);
    fields.duration("ramp", scenario_.ramp, 0s, limits::kDurationMax);
    fields.duration("duration", scenario_.duration, 1s, limits::kDurationMax);
    fields.boolean("durable", scenario_.durable);
    faults(fields);
    section(fields, "rooms", [&](const toml::table& inner) { rooms(inner); });
    section(fields, "objectives", [&](const toml::table& inner) { objectives(inner); });
    section(fields, "fitness", [&](const toml::table& inner) { fitness(inner); });
    personas(fields);
    fields.refuse_unknown();
  }

  template <class Read>
  void section(TomlFields& fields, std::string_view name, Read&& read) {
    const toml::node* node = fields.take(name);
    if (node == nullptr) return;
    if (const toml::table* inner = node->as_table()) return read(*inner);
    fields.error(*node,
                 "'" + std::string(name) + "' is a section: write [" + std::string(name) + "] on a line of its own");
  }

  void rooms(const toml::table& table) {
    TomlFields fields(table, "[rooms]", errors_);
    fields.choice("source", "made", "seeded", scenario_.rooms.seeded);
    fields.choice("kind", "group", "direct", scenario_.rooms.direct);
    fields.number("count", scenario_.rooms.count, 1, limits::kRoomsMax);
    fields.number("members", scenario_.rooms.members, 1, limits::kUsersMax);
    bool heads = false;
    fields.choice("mode", "full", "heads", heads);
    scenario_.rooms.mode = heads ? wire::SyncMode::Heads : wire::SyncMode::Full;
    fields.refuse_unknown();
  }

  void fitness(const toml::table& table) {
    TomlFields fields(table, "[fitness]", errors_);
    fields.duration("timer_lag_p99", scenario_.fitness.timer_lag_p99, 1ms, 1h);
    fields.number("worker_cpu_percent", scenario_.fitness.worker_cpu_percent, 1, 100);
    fields.refuse_unknown();
  }

  void objectives(const toml::table& table) {
    TomlFields fields(table, "[objectives]", errors_);
    for (std::size_t i = 0; i < kGoals; ++i) {
      const toml::node* node = fields.take(kGoalNames[i].name);
      if (node == nullptr) continue;
      const auto limit = node->value<double>();
      if (!limit || !std::isfinite(*limit) || *limit < 0) {
        fields.error(*node, fields.name(kGoalNames[i].name) + " is a number, in " + std::string(kGoalNames[i].unit));
        continue;
      }
      scenario_.objectives.push_back({static_cast<Goal>(i), *limit});
    }
    fields.refuse_unknown();
  }

  void faults(TomlFields& fields) {
    const toml::node* node = fields.take("faults");
    if (node == nullptr) return;
    const toml::array* lines = node->as_array();
    if (lines == nullptr) return fields.error(*node, "'faults' is a list: [\"@5s kill n1\", \"@6s restart n1\"]");
    for (const toml::node& each : *lines) {
      const auto line = each.value_exact<std::string>();
      if (!line) {
        fields.error(each, "a fault is a text in quotes, as \"@5s kill n1\"");
        continue;
      }
      const auto parsed = parse_faults(*line);
      if (!parsed) {
        fields.error(each, "in '" + *line + "': " + parsed.error().text);
        continue;
      }
      scenario_.faults.insert(scenario_.faults.end(), parsed->begin(), parsed->end());
      if (scenario_.faults.size() > limits::kFaultsMax) {
        return fields.error(each, "there are more than 10000 faults: take some away");
      }
    }
    std::stable_sort(scenario_.faults.begin(), scenario_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
  }

  void personas(TomlFields& fields) {
    const toml::node* node = fields.take("persona");
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) return fields.error(*node, "a persona begins with [[persona]], in double brackets");
    for (const toml::node& each : *list) {
      if (const toml::table* table = each.as_table()) persona(*table);
    }
  }

  void persona(const toml::table& table) {
    Persona persona;
    TomlFields fields(table, "[[persona]]", errors_);
    fields.text("name", persona.name);
    if (persona.name.empty()) fields.error(table, "a [[persona]] needs a name");
    fields.number("share", persona.share, 1, limits::kUsersMax);
    fields.duration("think", persona.think, 1ms, limits::kDurationMax);
    fields.number("message_bytes", persona.message_bytes, kMessageBytesMin, wire::limits::kBodyBytesMax);
    fields.flag("talk", persona.talk);
    fields.duration("stall_at", persona.stall_at, 0s, limits::kDurationMax);
    fields.duration("stall", persona.stall, 0s, limits::kDurationMax);
    actions(fields, persona);
    fields.refuse_unknown();
    scenario_.personas.push_back(std::move(persona));
  }

  void actions(TomlFields& fields, Persona& persona) {
    const toml::node* node = fields.take("actions");
    const toml::table* table = node != nullptr ? node->as_table() : nullptr;
    if (node != nullptr && table == nullptr) {
      return fields.error(*node, fields.name("actions") + " is a table of weights: { send = 1.0, reply = 0.2 }");
    }
    if (table != nullptr) weights(*table, fields, persona);
    const bool any =
        std::any_of(persona.weights.begin(), persona.weights.end(), [](std::uint32_t w) { return w != 0; });
    if (any != persona.acts() && node != nullptr) {
      fields.error(*node, "who acts needs both 'think' and 'actions'; who only listens has neither");
    } else if (node == nullptr && persona.acts()) {
      persona.weights[static_cast<std::size_t>(Action::Send)] = kThousandths;
    }
  }

  void weights(const toml::table& table, TomlFields& fields, Persona& persona) {
    for (const auto& [key, node] : table) {
      const std::optional<Action> action = action_by_name(key.str());
      const auto weight = node.value<double>();
      if (!action) {
        std::string names;
        for (std::size_t i = 0; i < kActions; ++i) {
          names += (i == 0 ? "" : ", ") + std::string(name_of(static_cast<Action>(i)));
        }
        fields.error(node, "there is no action '" + std::string(key.str()) + "'; there are: " + names);
      } else if (!weight || !(*weight >= 0) || *weight > kWeightMax) {
        fields.error(node, "the weight of '" + std::string(key.str()) + "' is a number from 0 to a million");
      } else {
        persona.weights[static_cast<std::size_t>(*action)] =
            static_cast<std::uint32_t>(std::lround(*weight * kThousandths));
      }
    }
  }

  Scenario scenario_;
  std::vector<ScenarioError> errors_;
};

}  // namespace

Result<Scenario, std::vector<ScenarioError>> parse_scenario(std::string_view toml) {
  return ScenarioReader().read(toml);
}

}  // namespace starling::users
