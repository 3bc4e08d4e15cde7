#pragma once

// Answers that any method may give, provoked at each method of the description. The clients of
// the tests check and note the answers.
namespace tokend::test {

void provoke_malformed_requests();    // 400, 413, 431, 501, 505
void provoke_slow_requests();         // 408
void provoke_too_many_connections();  // 503 OVERLOADED
void provoke_too_many_requests();     // 429 RATE_LIMITED
void provoke_wrong_bodies();          // 415, and 400 for what no JSON is
void provoke_refused_operators();     // 401, 403, and 400 for a query that nobody knows
void provoke_unwritable_records();    // 503 STORE_UNAVAILABLE, and 500 of /auth/verify
void provoke_missing_memory();        // 500

}  // namespace tokend::test
