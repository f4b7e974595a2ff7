// The people of a scenario in the simulated world: the same ones as in the real one, with the same actions at the same
// moments. Only who they are to the server is made up.
#pragma once

#include <cstdint>
#include <memory>

#include "loadsim/people/company.h"
#include "loadsim/people/person.h"
#include "loadsim/sim/device.h"
#include "loadsim/users/room_plan.h"

namespace starling::sim {

class Cast {
 public:
  explicit Cast(const Context& context)
      : company_{.scenario = *context.options.scenario,
                 .accounts = accounts_,
                 .seed = context.options.seed,
                 .run_id = kRun},
        plan_(company_.scenario, company_.seed) {}

  people::Company& company() { return company_; }
  const users::Scenario& scenario() const { return company_.scenario; }
  people::Account account(std::uint32_t index) const { return accounts_.at(index); }
  std::unique_ptr<people::Person> person(std::uint32_t index) {
    return std::make_unique<people::Person>(company_, index);
  }
  std::uint32_t rooms() const { return plan_.rooms(); }
  /// Of the n-th room, the maker first.
  std::vector<UserId> members(std::uint32_t room) const {
    std::vector<UserId> users;
    for (const std::uint32_t index : plan_.members(room)) users.push_back(accounts_.at(index).user);
    return users;
  }

  /// The device's person does what is next. Returns how long until it acts again.
  Duration act(Device& device, std::uint64_t n);
  Duration first_wait(const people::Person& person) const { return step(person, 0).wait; }

 private:
  /// As in what a simulated device writes by itself.
  static constexpr std::uint32_t kRun = 1;

  struct MadeUp final : people::Accounts {
    people::Account at(std::uint32_t index) const override {
      return {.user = UserId(index + 1), .device = DeviceId((index + 1) * 16)};
    }
  };
  users::Step step(const people::Person& person, std::uint64_t n) const {
    return users::nth_step(person.persona(), company_.seed, person.index(), n);
  }

  MadeUp accounts_;
  people::Company company_;
  users::RoomPlan plan_;
};

}  // namespace starling::sim
