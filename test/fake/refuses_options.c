/* Refuses every configuration. */
#include "fake.h"

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    (void)values, (void)count, (void)host;
    snprintf(error, error_size, "there is no good value for these options");
    return NULL;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    (void)instance, (void)question, (void)ticket;
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("refuses_options", 0), .create = create,  .start = fake_start,
    .authenticate = authenticate,    .stop = fake_stop, .destroy = fake_destroy,
};
