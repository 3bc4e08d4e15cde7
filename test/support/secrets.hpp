#pragma once

#include <sys/types.h>

#include <string_view>

// The secrets that the tests of this process send and receive: passwords, codes, pass codes and tokens. Whatever tokend
// is tested for, none of them may be in what it writes. Thread-safe.
namespace tokend::test {

// Remembers the secrets in the bytes of requests and answers.
void note_secrets(std::string_view bytes);

// Checks that none of them is in the text.
void check_for_secrets(std::string_view text, std::string_view where);

// Checks the files that a process writes to: a tokens file, an audit file.
void check_files_for_secrets(pid_t process);

}  // namespace tokend::test
