// Limits of the account service, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace starling::accounts::limits {

/// NIST SP 800-63B: eight at least, and what a password manager makes or a sentence has.
inline constexpr std::size_t kPasswordCharsMin = 8;
inline constexpr std::size_t kPasswordCharsMax = 128;
inline constexpr std::size_t kHandleMin = 2;
inline constexpr std::size_t kHandleMax = 32;
/// A name that fits a row of the sidebar, a status that fits under it. In characters.
inline constexpr std::size_t kDisplayNameMax = 64;
inline constexpr std::size_t kStatusMax = 140;
inline constexpr std::size_t kDeviceNameMax = 64;

/// OWASP's argon2id of 2024: 19 MiB, two passes, one lane.
inline constexpr std::size_t kHashMemoryBytes = std::size_t{19456} * 1024;
inline constexpr std::uint64_t kHashPasses = 2;
/// Requests that wait for a hash: some five seconds of work; who is behind them is better told to come back.
inline constexpr std::size_t kHashesWaitingMax = 100;
/// Other calls; a thread answers some thousand a second.
inline constexpr std::size_t kCallsWaitingMax = 1000;
inline constexpr std::uint32_t kBusyRetryMs = 2000;
/// A change of which it is not known whether it was done is asked for again until so long after it was first: a connection is
/// back in less than a second, another primary in some ten. The last ask may take as long as the store waits.
inline constexpr std::chrono::seconds kRepeatFor{10};
inline constexpr std::chrono::milliseconds kRepeatEvery{100};

/// More than anybody has in use: without it a stolen password could fill the disk with logins.
inline constexpr std::uint32_t kDevicesMax = 50;
inline constexpr std::uint32_t kInviteUsesMax = 1000;
inline constexpr std::chrono::hours kInviteTtlMax{24 * 365};
inline constexpr std::chrono::hours kInviteTtl{24 * 7};
inline constexpr std::size_t kRecoveryCodes = 10;

/// Entries of a throttle's table: some MiB. The one not seen for longest goes.
inline constexpr std::size_t kThrottled = 20'000;
/// Failures that cost nothing but themselves, then the delay doubles from a second up to the most: still two guesses a
/// minute for the owner of the account, whoever else tries.
inline constexpr std::uint32_t kFreeFailures = 3;
inline constexpr std::chrono::seconds kDelayMax{30};
/// Calls of one device: a client that opens everything at once needs some fifty.
inline constexpr std::uint32_t kCallsBurst = 200;
inline constexpr std::uint32_t kCallsPerMinute = 1200;

/// How late a server notices what was revoked beside it, in the database.
inline constexpr std::chrono::seconds kLookForRevoked{1};
inline constexpr std::chrono::hours kPruneEvery{1};
/// Revoked devices, spent invitations and audit rows are kept for so long.
inline constexpr std::chrono::hours kDeviceKept{24 * 30};
inline constexpr std::chrono::hours kInviteKept{24 * 30};
inline constexpr std::chrono::hours kAuditKept{24 * 180};

}  // namespace starling::accounts::limits
