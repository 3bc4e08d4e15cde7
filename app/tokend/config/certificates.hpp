#pragma once

#include "app/tokend/config/rules.hpp"
#include "tls/context.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

// The TLS of listeners, as far as files decide about it.
namespace tokend {

// Makes the context of a listener from its files, which are read now. Nothing else changes if that fails. Throws
// tls_error with the mistakes of all files, among them files that others could change, and keys that others may read,
// unless the configuration allows loose modes. REQUIRES: listener.tls.enabled(), and no broken rule.
std::shared_ptr<tls_context const> make_tls_context(configuration const& config, listener_options const& listener,
                                                    std::shared_ptr<ticket_keys> tickets);

// Whether a process needs the credentials that systemd shows to the service alone; see is_hidden().
enum class secret_files
{
    needed,
    may_be_hidden
};

// The mistakes of the files of all listeners, with the lines that name the files. Listeners that break a rule are
// skipped, and also those with a credential that may be hidden, and is.
std::vector<broken_rule> wrong_certificates(configuration const& config, secret_files secrets);

// The credentials of listeners that this process could not read.
std::vector<broken_rule> hidden_certificates(configuration const& config);

// Files that others could change, and keys that others may read, where the configuration allows them.
std::vector<std::string> loose_certificates(configuration const& config);

// Warnings of certificates that are not valid at `now`, or not for much longer. Listeners with hidden credentials are
// skipped. REQUIRES: there are no wrong ones.
std::vector<broken_rule> ageing_certificates(configuration const& config, std::chrono::sys_seconds now);

}  // namespace tokend
