#include "server/store/people.h"

#include <array>
#include <string_view>

#include "server/store/account_words.h"

namespace starling::store {
namespace {

constexpr std::array<std::string_view, 40> kFirst{
    "Mira",  "Jonas", "Aiko",   "Tomás", "Lena",  "Ravi",  "Noor",  "Felix", "Ana",   "Piotr",
    "Sofia", "Omar",  "Ingrid", "Kwame", "Elena", "Hugo",  "Priya", "Marek", "Yara",  "Oskar",
    "Clara", "Mateo", "Hana",   "Anton", "Zoe",   "Emil",  "Farah", "Lucas", "Nadia", "Viktor",
    "Selma", "Diego", "Freya",  "Amir",  "Greta", "Pavel", "Linh",  "Simon", "Rosa",  "Milan",
};
constexpr std::array<std::string_view, 37> kLast{
    "Novak", "Berg",   "Tanaka",  "Silva",   "Fischer", "Patel",   "Haddad",    "Larsen", "Costa",   "Kowalska",
    "Rossi", "Mensah", "Dahl",    "Moreau",  "Iyer",    "Svoboda", "Lindqvist", "Okafor", "Weber",   "Ruiz",
    "Sato",  "Petrov", "Keller",  "Nilsson", "Aziz",    "Martin",  "Horvat",    "Bauer",  "Ferrari", "Nguyen",
    "Olsen", "Ramos",  "Schmidt", "Varga",   "Jensen",  "Demir",   "Brandt",
};
constexpr std::array<std::string_view, 10> kColors{"#0b7a75", "#8a4fb0", "#b3541e", "#2f6fb2", "#a83c6e",
                                                   "#5a7d1f", "#7a5c3e", "#3b5ba5", "#b03a3a", "#4b6a6e"};
constexpr std::array<std::string_view, 8> kStatus{
    "", "", "", "In a meeting", "Working from home", "Focus time", "🏝️ back on Monday", ""};
constexpr std::array<std::string_view, 24> kTitles{
    "Announcements", "Design",       "Engineering", "Lunch",   "Release",     "Support",   "Marketing", "Hiring",
    "Office",        "Reading club", "Incidents",   "Search",  "Performance", "Roadmap",   "Photos",    "Running",
    "Finance",       "Data",         "Customers",   "Welcome", "Music",       "Languages", "Gardening", "Mobile",
};

/// Handles are ASCII: what a name has beyond that is left out.
std::string handle_of(std::string_view first, std::string_view last, std::uint64_t round) {
  std::string handle;
  for (const char c : folded(std::string(first) + "." + std::string(last))) {
    if (static_cast<unsigned char>(c) < 0x80) handle += c;
  }
  if (round != 0) handle += std::to_string(round + 1);
  return handle;
}

}  // namespace

ports::Account made_up_account(UserId user, WallTime now) {
  const std::uint64_t n = user.value;
  const std::string_view first = kFirst[n % kFirst.size()];
  const std::string_view last = kLast[n % kLast.size()];
  ports::Account account;
  account.profile = {.user = user,
                     .handle = handle_of(first, last, n / (kFirst.size() * kLast.size())),
                     .display_name = std::string(first) + ' ' + std::string(last),
                     .avatar_color = std::string(kColors[n % kColors.size()]),
                     .status_text = std::string(kStatus[n % kStatus.size()])};
  account.created = now;
  return account;
}

std::string made_up_title(std::uint64_t room) {
  std::string title(kTitles[(room - 1) % kTitles.size()]);
  const std::uint64_t round = (room - 1) / kTitles.size();
  return round == 0 ? title : title + ' ' + std::to_string(round + 1);
}

}  // namespace starling::store
