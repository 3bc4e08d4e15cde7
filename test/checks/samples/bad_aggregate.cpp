task<void> f() { co_await verify(credentials{1, 2}); }
