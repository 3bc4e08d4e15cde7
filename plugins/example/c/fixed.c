/* Lets some users in, all with the same password. */
#define _GNU_SOURCE
#include <tokend/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum
{
    USERS,
    PASSWORD,
    UNIT,
    OPTIONS
};
static const struct tokend_option options[OPTIONS] = {
    {"users", TOKEND_OPTION_LIST, 1, NULL, "the names of the users"},
    {"password", TOKEND_OPTION_SECRET, 1, NULL, "the password of all of them"},
    {"unit", TOKEND_OPTION_TEXT, 0, "staff", "the unit of all of them"},
};

struct fixed
{
    const struct tokend_host* host;
    char* texts[OPTIONS];
};

static struct tokend_string view(const char* text) { return (struct tokend_string){text, strlen(text)}; }

static void destroy(void* instance)
{
    struct fixed* self = instance;
    explicit_bzero(self->texts[PASSWORD], strlen(self->texts[PASSWORD]));
    for (int i = 0; i < OPTIONS; ++i)
        free(self->texts[i]);
    free(self);
}

/* The values are the host's, and are gone when create() has returned. */
static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    if (values[USERS].text.size == 0)
    {
        snprintf(error, error_size, "users: names of users are meant");
        return NULL;
    }
    struct fixed* self = calloc(1, sizeof *self);
    if (self == NULL)
    {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    self->host = host;
    for (size_t i = 0; i < count; ++i)
        self->texts[i] = strdup(values[i].text.data);
    return self;
}

static int start(void* instance, char* error, size_t error_size)
{
    const struct fixed* self = instance;
    (void)error, (void)error_size;
    self->host->log(self->host->context, TOKEND_LOG_INFO, view("all users have the same password"));
    return 0;
}

static void stop(void* instance) { (void)instance; }

static int64_t time_left(int64_t deadline_ns)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return deadline_ns - now.tv_sec * (int64_t)1000000000 - now.tv_nsec;
}

/* The users have commas between them. */
static int is_user(const struct fixed* self, struct tokend_string name)
{
    for (const char* at = self->texts[USERS]; *at != '\0'; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == name.size && memcmp(at, name.data, name.size) == 0)
            return 1;
    return 0;
}

/* Takes the same time whatever is wrong. */
static int is_password(const struct fixed* self, struct tokend_string secret)
{
    const char* wanted = self->texts[PASSWORD];
    const size_t size = strlen(wanted);
    unsigned difference = secret.size != size;
    for (size_t i = 0; i < secret.size; ++i)
        difference |= (unsigned char)secret.data[i] ^ (unsigned char)wanted[i < size ? i : 0];
    return difference == 0;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fixed* self = instance;
    const struct tokend_string unit = view(self->texts[UNIT]);
    struct tokend_answer answer = {.size = sizeof answer, .username = question->name};
    answer.default_unit = unit;
    answer.units = &unit;
    answer.unit_count = 1;
    if (time_left(question->deadline_ns) <= 0)
        answer.verdict = TOKEND_UNAVAILABLE;
    else if (!is_user(self, question->name))
        answer.verdict = TOKEND_NO_SUCH_USER;
    else
        answer.verdict = is_password(self, question->secret) ? TOKEND_ACCEPT : TOKEND_BAD_SECRET;
    self->host->done(self->host->context, ticket, &answer);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = TOKEND_ABI_MAJOR,
    .abi_minor = TOKEND_ABI_MINOR,
    .size = sizeof tokend_plugin,
    .name = "fixed",
    .version = "1.0",
    .kinds = TOKEND_KIND_PASSWORD,
    .options = options,
    .option_count = OPTIONS,
    .create = create,
    .start = start,
    .authenticate = authenticate,
    .stop = stop,
    .destroy = destroy,
};
