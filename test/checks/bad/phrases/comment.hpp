#pragma once

/* The table, of
   which the sweeper takes a part. */
inline char const* const text = "nothing any more";  // That is of no use.
