#pragma once

#include "audit/sink.hpp"
#include "base/journald_sink.hpp"

#include <string_view>

namespace tokend {

// The journal of systemd. A line is written when the kernel has queued it for the journal.
class audit_journal final : public audit_sink
{
public:
    explicit audit_journal(std::string_view socket) noexcept : journal_{socket} {}
    progress write(std::span<std::string const> lines) override;

private:
    journald_sink const journal_;
};

}  // namespace tokend
