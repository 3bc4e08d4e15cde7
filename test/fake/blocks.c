/*
 * Declares that it blocks, and blocks in authenticate() until its gate is open. Then it accepts. It blocks in start()
 * too if there is a file with the name of the gate and ".start".
 */
#include "fake.h"

static const struct tokend_option options[] = {
    {"gate", TOKEND_OPTION_PATH, 1, NULL, "the file whose presence lets the questions through"},
};

struct instance
{
    const struct tokend_host* host;
    char* gate;
};

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = calloc(1, sizeof *self);
    (void)count, (void)error, (void)error_size;
    if (!self)
        return NULL;
    self->host = host;
    self->gate = strdup(values[0].text.data);
    return self;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct instance* self = instance;
    (void)question;
    fake_log(self->host, "kept a question");
    while (!fake_gate_is_open(self->gate))
        fake_wait_a_moment();
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "let-through");
}

static int start(void* instance, char* error, size_t error_size)
{
    const struct instance* self = instance;
    char hold[4096];
    (void)error, (void)error_size;
    snprintf(hold, sizeof hold, "%s.start", self->gate);
    if (access(hold, F_OK) != 0)
        return 0;
    fake_log(self->host, "kept a start");
    while (!fake_gate_is_open(self->gate))
        fake_wait_a_moment();
    return 0;
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    free(self->gate);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("blocks", FAKE_ALL_KINDS), .options = options, .option_count = 1,  .create = create, .start = start,
    .authenticate = authenticate,        .stop = fake_stop,  .destroy = destroy,
};
