// What the commands share of the command line: numbers within limits, and the one line that refuses a wrong call.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace starling::ctl {

/// Takes decimal digits alone: neither a sign, nor what does not fit, becomes another number.
CLI::Validator whole_number(std::uint64_t min, std::uint64_t max = UINT64_MAX);
/// Of a user, room, device or invitation: zero is nobody's.
inline CLI::Validator id() { return whole_number(1); }

/// One line: the command, what is wrong with the call, and where the right ones are shown.
std::string refusal(const CLI::App* root, const CLI::Error& error);

}  // namespace starling::ctl
