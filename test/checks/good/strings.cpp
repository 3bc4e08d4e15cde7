// Phrases are looked for in comments alone, and a width is counted in characters: äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü
char const* const text = "of no use // any more";  // a 'string' is code
char const quote = '"';                            // so is a quotation mark
