/*
 * Shared by the fake plugins of the tests. Each misbehaves in one way, and stands for all plugins that do so.
 */
#ifndef TOKEND_TEST_FAKE_H
#define TOKEND_TEST_FAKE_H

#include "tokend/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FAKE_ALL_KINDS (TOKEND_KIND_PASSWORD | TOKEND_KIND_CODE | TOKEND_KIND_IDENTIFIER)

#define FAKE_HEAD(plugin_name, kinds_that_block)                                                                       \
    .abi_major = TOKEND_ABI_MAJOR, .abi_minor = TOKEND_ABI_MINOR, .size = sizeof(struct tokend_plugin_descriptor),     \
    .name = plugin_name, .version = "1.0", .kinds = FAKE_ALL_KINDS, .blocking_kinds = (kinds_that_block)

/* An instance that holds nothing but its host. */
struct fake
{
    const struct tokend_host* host;
};

static inline void* fake_create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host,
                                char* error, size_t error_size)
{
    struct fake* self = malloc(sizeof *self);
    (void)values, (void)count, (void)error, (void)error_size;
    if (self)
        self->host = host;
    return self;
}

static inline int fake_start(void* instance, char* error, size_t error_size)
{
    (void)instance, (void)error, (void)error_size;
    return 0;
}

static inline void fake_stop(void* instance) { (void)instance; }

static inline void fake_destroy(void* instance) { free(instance); }

/* The functions of a plugin that misbehaves only in authenticate(). */
#define FAKE_REST                                                                                                      \
    .create = fake_create, .start = fake_start, .authenticate = authenticate, .stop = fake_stop, .destroy = fake_destroy

static inline struct tokend_string fake_string(const char* text)
{
    struct tokend_string s = {text, strlen(text)};
    return s;
}

/* Answers with a verdict; on ACCEPT the user has the one unit U1. */
static inline void fake_answer(const struct tokend_host* host, tokend_ticket ticket, uint32_t verdict,
                               const char* username)
{
    struct tokend_string unit = fake_string("U1");
    struct tokend_answer answer = {.size = sizeof answer, .verdict = verdict};
    answer.reason = fake_string("as a fake does");
    answer.username = fake_string(username);
    answer.units = &unit;
    answer.unit_count = 1;
    host->done(host->context, ticket, &answer);
}

static inline void fake_log(const struct tokend_host* host, const char* text)
{
    host->log(host->context, TOKEND_LOG_WARNING, fake_string(text));
}

/* A gate is a path. It is open once a test has created a file there. */
static inline int fake_gate_is_open(const char* gate) { return access(gate, F_OK) == 0; }

static inline void fake_wait_a_moment(void)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 2000000};
    nanosleep(&moment, NULL);
}

#endif
