#pragma once

#include <string_view>

// The rules that the checks hold a plugin to, in the words of tokend/plugin.h.
namespace tokend::rule {

inline constexpr std::string_view once =
    "Answers a question. To be called exactly once per authenticate(), on any thread, possibly before authenticate() "
    "returns.";
inline constexpr std::string_view after_stop =
    "After it has returned, the plugin does not call done() again, except inside a call of authenticate() or explain() "
    "that still runs on the host's pool.";
inline constexpr std::string_view cancelled =
    "If not, it still has to be, with any verdict: the host keeps its place until then.";
inline constexpr std::string_view deadline = "a later answer is dropped";
inline constexpr std::string_view accept = "the credentials are good";
inline constexpr std::string_view bad_secret = "the name is known here, the secret is wrong; no other backend is asked";
inline constexpr std::string_view no_such_user = "the name, or the code, is not known here; the next backend is asked";
inline constexpr std::string_view unavailable = "the credentials could not be checked: an outage, never a denial";
inline constexpr std::string_view answer_size = "sizeof(struct tokend_answer) of the plugin";
inline constexpr std::string_view verdict =
    "0 is not a verdict: the host treats it as UNAVAILABLE, so a forgotten one never lets anybody in.";
inline constexpr std::string_view username = "as the backend spells it; mandatory";
inline constexpr std::string_view room =
    "Together they may take 8 KiB; a larger answer is treated as TOKEND_UNAVAILABLE, and never cut.";
inline constexpr std::string_view text = "Strings are UTF-8, given by pointer and length";
inline constexpr std::string_view question =
    "OWNERSHIP: the host's; every pointer in it is valid until authenticate() returns.";
inline constexpr std::string_view subject = "OWNERSHIP: the host's, valid until recheck() returns.";
inline constexpr std::string_view values = "OWNERSHIP: the host's, valid until create() returns.";
inline constexpr std::string_view host = "OWNERSHIP: the host's; valid from create() until destroy() has returned.";
inline constexpr std::string_view sizes = "A plugin reads a host's struct only as far as that struct's size.";
inline constexpr std::string_view reason = "exact reason for log and audit, never a secret; may be empty";
inline constexpr std::string_view steps =
    "what was done and found, step by step, a sentence each. Never a secret. At most 64 are read, and 1 KiB of each.";
inline constexpr std::string_view log = "Writes one line into the log, with the backend's name. Never a secret.";
inline constexpr std::string_view level = "enum tokend_log_level";
inline constexpr std::string_view no_throw = "None may throw.";
inline constexpr std::string_view loop = "For the others it is called on an event loop and must return at once.";
inline constexpr std::string_view at_once = "Must return at once";
inline constexpr std::string_view no_block = "Must not block.";
inline constexpr std::string_view one_symbol = "A plugin exports one symbol";
inline constexpr std::string_view blocking = "Those of `kinds` for which authenticate() may block or computes for long";
inline constexpr std::string_view option_name = "[a-z0-9-]+";
inline constexpr std::string_view option_type = "The form of a configured value.";
inline constexpr std::string_view option_default = "as in a configuration file; null: none";
inline constexpr std::string_view option_help = "one line, for --plugin-help and the manual";
inline constexpr std::string_view create =
    "Makes an instance. Returns null if the options are wrong, with a NUL-terminated line in `error` that names what "
    "is wrong (a file with its line).";
inline constexpr std::string_view start =
    "Begins work: threads, connections. A directory that cannot be reached is not an error here. Returns 0, or -1 with "
    "a line in `error`.";
inline constexpr std::string_view instances =
    "One library may be instantiated many times, so a plugin keeps no global state.";
inline constexpr std::string_view several =
    "The host calls create, start, stop and destroy once per instance, and all other functions from several threads at "
    "once.";
inline constexpr std::string_view reload =
    "Reads the sources again now. Returns 0, or -1 with a line in `error`; then the old content is kept.";
inline constexpr std::string_view health =
    "Returns 1 if the plugin can answer now, 0 if it cannot, with the reason in `text`.";
inline constexpr std::string_view recheck = "Asks whether this user still exists and may still log in.";
inline constexpr std::string_view knows = "Returns 0 if the name of this question is certainly not known here.";
inline constexpr std::string_view decoy =
    "Computes what the costliest check of a secret of this kind computes here, and forgets the result.";
inline constexpr std::string_view decoy_kinds = "For kinds that block; other plugins leave it null.";
inline constexpr std::string_view explain =
    "The plugin answers with host->done(ticket) as to authenticate(), with its steps besides.";
inline constexpr std::string_view explain_bare =
    "An empty secret is not known: the plugin checks everything else, and ACCEPT says that nothing else is in the way.";

}  // namespace tokend::rule
