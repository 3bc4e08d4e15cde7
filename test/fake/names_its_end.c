/* Logs the name of the thread that destroys its instance. */
#include "fake.h"

#include <pthread.h>

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    (void)instance, (void)question, (void)ticket;
}

static void destroy(void* instance)
{
    const struct fake* self = instance;
    char text[64] = "destroyed by ";
    pthread_getname_np(pthread_self(), text + strlen(text), 16);
    fake_log(self->host, text);
    fake_destroy(instance);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("names_its_end", 0), .create = fake_create, .start = fake_start,
    .authenticate = authenticate,  .stop = fake_stop,     .destroy = destroy,
};
