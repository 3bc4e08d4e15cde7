/*
 * Breaks one rule of the contract, named by its option `how`; with "nothing" it keeps all. It accepts the name "good"
 * with the secret "good secret". Identifiers block, passwords do not.
 */
#include "fake.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

enum
{
    HOW,
    FILE_OPTION,
    OPTIONS,
    MAX_WAITING = 256
};

static const struct tokend_option options[OPTIONS] = {
    {"how", TOKEND_OPTION_TEXT, 0, "nothing", "what it does wrong"},
    {"file", TOKEND_OPTION_PATH, 0, NULL, "some create() modes refuse any file"},
};

struct instance
{
    const struct tokend_host* host;
    char* how;
    const struct tokend_option_value* values; /* kept although they are the host's */
    const char* name;                         /* likewise, of a question or a subject */
    pthread_t thread;
    int has_thread;
    pthread_mutex_t mutex; /* guards the members below */
    tokend_ticket waiting[MAX_WAITING];
    size_t count;
    int stopping;
};

static const struct tokend_host* last_host; /* of a plugin that is made for one instance */

static int breaks(const struct instance* self, const char* how) { return strcmp(self->how, how) == 0; }

/* Sleeps on the host's loop, if that is the order. */
static void dawdle(const struct instance* self, const char* how)
{
    const struct timespec too_long = {.tv_sec = 0, .tv_nsec = 150000000};
    if (breaks(self, how))
        nanosleep(&too_long, NULL);
}

static int is(struct tokend_string text, const char* wanted)
{
    return text.size == strlen(wanted) && memcmp(text.data, wanted, text.size) == 0;
}

static void* refuse(const char* how, char* error, size_t error_size)
{
    if (strcmp(how, "refuses-in-lines") == 0)
        snprintf(error, error_size, "first line\nsecond line");
    else if (strcmp(how, "refuses-at-length") == 0)
        memset(error, 'x', 1024);
    else if (strcmp(how, "refuses-silently") != 0)
        snprintf(error, error_size, "file: none is wanted");
    return NULL;
}

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self;
    (void)count;
    if (values[FILE_OPTION].is_set && strcmp(values[HOW].text.data, "dies-of-options") == 0)
        abort();
    if (values[FILE_OPTION].is_set)
        return refuse(values[HOW].text.data, error, error_size);
    self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->host = host;
    self->how = strdup(values[HOW].text.data);
    self->values = values;
    if (breaks(self, "logs-after-its-end") && last_host)
        fake_log(last_host, "still there");
    last_host = host;
    pthread_mutex_init(&self->mutex, NULL);
    if (breaks(self, "reads-too-far"))
        fake_log(host, host->flags != 0 ? "loose" : "strict");
    return self;
}

/* Answers what waits, a while after it came. */
static void* run(void* instance)
{
    struct instance* self = instance;
    const struct timespec a_while = {.tv_sec = 0, .tv_nsec = 200000000};
    for (int stopping = 0; !stopping;)
    {
        pthread_mutex_lock(&self->mutex);
        stopping = self->stopping;
        pthread_mutex_unlock(&self->mutex);
        nanosleep(&a_while, NULL);
        pthread_mutex_lock(&self->mutex);
        for (size_t i = 0; i < self->count; ++i)
            fake_answer(self->host, self->waiting[i], TOKEND_NO_SUCH_USER, "");
        self->count = 0;
        pthread_mutex_unlock(&self->mutex);
    }
    return NULL;
}

static int is_threaded(const struct instance* self)
{
    return breaks(self, "forgets-cancelled") || breaks(self, "one-at-a-time");
}

static void* sleep_for_ever(void* nothing)
{
    for (;;)
        pause();
    return nothing;
}

static int start(void* instance, char* error, size_t error_size)
{
    struct instance* self = instance;
    pthread_t lost;
    (void)error, (void)error_size;
    if (breaks(self, "fails-silently"))
        return -1;
    if (breaks(self, "leaks-threads") && pthread_create(&lost, NULL, sleep_for_ever, NULL) == 0)
        pthread_detach(lost);
    if (breaks(self, "leaks-descriptors") && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
        return 0;
    self->has_thread = is_threaded(self) && pthread_create(&self->thread, NULL, run, self) == 0;
    return 0;
}

static void keep(struct instance* self, tokend_ticket ticket)
{
    pthread_mutex_lock(&self->mutex);
    if (breaks(self, "one-at-a-time"))
        self->count = 0;
    if (self->count < MAX_WAITING)
        self->waiting[self->count++] = ticket;
    pthread_mutex_unlock(&self->mutex);
}

/* What it does instead of an answer, or before it. Returns 1 if there is no answer after it. */
static int misbehave(struct instance* self, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct tokend_host* host = self->host;
    struct timespec now;
    if (breaks(self, "crashes"))
        raise(SIGSEGV);
    if (breaks(self, "leaves"))
        _exit(3);
    if (breaks(self, "keeps-values") && self->values[HOW].is_set)
        fake_log(host, "still there");
    if (breaks(self, "keeps-question"))
    {
        if (self->name && *self->name == '\0')
            fake_log(host, "still there");
        self->name = question->name.data;
    }
    clock_gettime(CLOCK_BOOTTIME, &now);
    if (breaks(self, "drops-late") && question->deadline_ns < (int64_t)now.tv_sec * 1000000000)
        return 1;
    if (breaks(self, "answers-strangers"))
        fake_answer(host, ticket + 1000, TOKEND_NO_SUCH_USER, "");
    if (breaks(self, "logs-secrets"))
        host->log(host->context, TOKEND_LOG_INFO, question->secret);
    if (breaks(self, "logs-loudly"))
        host->log(host->context, 99, fake_string("loud"));
    if (breaks(self, "logs-in-lines"))
        fake_log(host, "first line\nsecond line");
    if (breaks(self, "answers-last-host"))
    {
        fake_answer(last_host, ticket, TOKEND_NO_SUCH_USER, "");
        return 1;
    }
    if (breaks(self, "writes-secrets"))
    {
        struct tokend_answer answer = {.size = sizeof answer, .verdict = TOKEND_BAD_SECRET};
        answer.reason = question->secret;
        host->done(host->context, ticket, &answer);
        return 1;
    }
    if (breaks(self, "waits-for-cancel"))
        return 1;
    if (!self->has_thread && !breaks(self, "answers-after-stop"))
        return 0;
    keep(self, ticket);
    return 1;
}

static uint32_t judge(const struct instance* self, const struct tokend_question* question)
{
    if (!is(question->name, "good"))
        return breaks(self, "knows-badly") ? TOKEND_BAD_SECRET : TOKEND_NO_SUCH_USER;
    if (is(question->secret, "good secret"))
        return breaks(self, "knows-nobody") ? TOKEND_NO_SUCH_USER : TOKEND_ACCEPT;
    if (breaks(self, "accepts-any-secret"))
        return TOKEND_ACCEPT;
    return breaks(self, "forgets-names") ? TOKEND_NO_SUCH_USER : TOKEND_BAD_SECRET;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    struct instance* self = instance;
    if (!misbehave(self, question, ticket))
        fake_answer(self->host, ticket, judge(self, question), "good");
}

static void explain(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct instance* self = instance;
    struct tokend_string unit = fake_string("U1");
    struct tokend_string steps[65];
    struct tokend_answer answer = {.size = sizeof answer, .verdict = judge(self, question)};
    dawdle(self, "dawdles-in-explain");
    for (size_t i = 0; i < 65; ++i)
        steps[i] = fake_string("looked into its head");
    if (breaks(self, "explains-secrets") && question->secret.size != 0)
        steps[0] = question->secret;
    if (question->secret.size == 0 && is(question->name, "good"))
        answer.verdict = breaks(self, "explains-nothing-bare") ? TOKEND_BAD_SECRET : TOKEND_ACCEPT;
    if (breaks(self, "explains-otherwise") && question->secret.size != 0)
        answer.verdict = TOKEND_LOCKED;
    answer.username = fake_string("good");
    answer.units = &unit;
    answer.unit_count = 1;
    answer.steps = steps;
    answer.step_count = breaks(self, "explains-at-length") ? 65 : 1;
    self->host->done(self->host->context, ticket, &answer);
}

static void cancel(void* instance, tokend_ticket ticket)
{
    struct instance* self = instance;
    dawdle(self, "dawdles-in-cancel");
    if (breaks(self, "answers-cancelled") || breaks(self, "waits-for-cancel"))
        fake_answer(self->host, ticket, TOKEND_UNAVAILABLE, "");
    pthread_mutex_lock(&self->mutex);
    for (size_t i = 0; breaks(self, "forgets-cancelled") && i < self->count; ++i)
        if (self->waiting[i] == ticket)
            self->waiting[i] = self->waiting[--self->count];
    pthread_mutex_unlock(&self->mutex);
}

static void recheck(void* instance, const struct tokend_subject* who, tokend_ticket ticket)
{
    struct instance* self = instance;
    int const finds = breaks(self, "rechecks-anybody") || (is(who->username, "good") && !breaks(self, "loses-users"));
    dawdle(self, "dawdles-in-recheck");
    if (breaks(self, "keeps-subject"))
    {
        if (self->name && *self->name == '\0')
            fake_log(self->host, "still there");
        self->name = who->username.data;
    }
    if (!breaks(self, "rechecks-nobody"))
        fake_answer(self->host, ticket, finds ? TOKEND_ACCEPT : TOKEND_NO_SUCH_USER, "good");
}

static int reload(void* instance, char* error, size_t error_size)
{
    const struct instance* self = instance;
    if (breaks(self, "fails-to-reload"))
        snprintf(error, error_size, "the source is gone");
    return breaks(self, "fails-to-reload") || breaks(self, "reloads-silently") ? -1 : 0;
}

static int health(void* instance, char* text, size_t text_size)
{
    const struct instance* self = instance;
    dawdle(self, "dawdles-in-health");
    if (breaks(self, "is-ill"))
        snprintf(text, text_size, "a cold");
    return breaks(self, "is-ill") || breaks(self, "is-ill-silently") ? 0 : breaks(self, "is-half-ill") ? 2 : 1;
}

static int knows(void* instance, const struct tokend_question* question)
{
    const struct instance* self = instance;
    dawdle(self, "dawdles-in-knows");
    return is(question->name, "good") ? !breaks(self, "denies-users") : 0;
}

static void decoy(void* instance, const struct tokend_question* question)
{
    const struct instance* self = instance;
    (void)question;
    if (breaks(self, "answers-decoys"))
        fake_answer(self->host, 1, TOKEND_NO_SUCH_USER, "");
}

static void stop(void* instance)
{
    struct instance* self = instance;
    pthread_mutex_lock(&self->mutex);
    self->stopping = 1;
    pthread_mutex_unlock(&self->mutex);
    if (self->has_thread)
        pthread_join(self->thread, NULL);
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    for (size_t i = 0; i < self->count; ++i)
        fake_answer(self->host, self->waiting[i], TOKEND_UNAVAILABLE, "");
    pthread_mutex_destroy(&self->mutex);
    free(self->how);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = TOKEND_ABI_MAJOR,
    .abi_minor = TOKEND_ABI_MINOR,
    .size = sizeof(struct tokend_plugin_descriptor),
    .name = "breaks",
    .version = "1.0",
    .kinds = TOKEND_KIND_PASSWORD | TOKEND_KIND_IDENTIFIER,
    .blocking_kinds = TOKEND_KIND_IDENTIFIER,
    .options = options,
    .option_count = OPTIONS,
    .create = create,
    .start = start,
    .authenticate = authenticate,
    .stop = stop,
    .destroy = destroy,
    .cancel = cancel,
    .reload = reload,
    .health = health,
    .recheck = recheck,
    .knows = knows,
    .decoy = decoy,
    .explain = explain,
};
