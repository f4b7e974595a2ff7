// Figures to findings: what is enough, what is wanting, and the command that mends it. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/app/config.h"
#include "server/app/config_file.h"
#include "server/ctl/finding.h"
#include "server/ctl/machine.h"
#include "server/store/sqlite/free_space.h"

namespace starling::ctl {

std::vector<Finding> judge_config(const std::string& path, const std::vector<app::ConfigError>& errors);
Finding judge_descriptors(const Descriptors& found, const app::Config& config, std::uint32_t cores);
Finding judge_backlog(std::optional<std::int64_t> somaxconn);
Finding judge_syn_backlog(std::optional<std::int64_t> entries);
Finding judge_local_ports(std::optional<PortRange> range, bool behind_proxy);
Finding judge_overcommit(std::optional<std::int64_t> mode);
Finding judge_clock(bool synchronised, std::int64_t now_s);
Finding judge_entropy(bool ready);
Finding judge_memory(const Memory& memory, const Descriptors& descriptors, const app::Config& config);
Finding judge_cores(std::uint32_t cores, std::uint32_t shards);
Finding judge_space(const std::string& data_dir, std::optional<store::Space> space, std::uint32_t percent_min);
Finding judge_file_system(const std::string& data_dir, FileSystem found);
Finding judge_sync(const std::string& data_dir, std::optional<std::chrono::microseconds> median);
/// `secret`: a file that a server refuses when others can read it.
Finding judge_ownership(const std::string& path, const Ownership& found, uid_t self, bool secret);
Finding judge_certificate(const app::Config& config, const Certificate& found, std::int64_t now_s);

}  // namespace starling::ctl
