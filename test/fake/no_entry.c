/* A library, but not a plugin: it lacks the symbol of the contract. */
int tokend_no_plugin(void);

int tokend_no_plugin(void) { return 0; }
