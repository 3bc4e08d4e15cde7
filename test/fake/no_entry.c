/* A library, but no plugin: the symbol of the contract is not there. */
int tokend_no_plugin(void);

int tokend_no_plugin(void) { return 0; }
