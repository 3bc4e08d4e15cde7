task<int> f() { co_return x ? co_await g() : 0; }
