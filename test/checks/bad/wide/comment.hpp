#pragma once

// A comment that is much longer than the hundred and twenty columns that fit beside a second window or into a page of print.
