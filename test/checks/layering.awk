# Holds lib/CMakeLists.txt against the #include lines: a layer names its own folder, and those it USES.
# Usage: awk -f layering.awk lib/CMakeLists.txt FILE...; paths are relative to the project. Exits 1 if a line is wrong.

FILENAME ~ /lib\/CMakeLists\.txt$/ {
    gsub(/[()]/, " & ")
    n = split($0, word, /[ \t]+/)
    for (i = 1; i <= n; ++i) {
        if (word[i] == "tokend_layer" && word[i + 1] == "(") { layer = word[i + 2]; is_layer[layer] = 1; uses[layer, layer] = 1; in_uses = 0 }
        else if (word[i] == "USES") in_uses = 1
        else if (word[i] == "SOURCES" || word[i] == "LINKS" || word[i] == ")") in_uses = 0
        else if (in_uses && word[i] != "") uses[layer, word[i]] = 1
    }
    next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    split(quoted[2], part, "/")
    folder = part[1] == "tokend" ? "abi" : part[1]
    split(FILENAME, where, "/")
    if (where[1] == "lib" && where[2] != "abi") ok = (where[2], folder) in uses
    else if (where[1] == "lib") ok = folder == "abi"
    else if (where[1] == "plugins") ok = folder == "abi" || folder == where[2] || folder == "common"
    else if (where[1] == "app") ok = folder != "test" && folder != "bench"
    else ok = 1
    if (!ok) { printf "%s:%d: %s may not include \"%s\"\n", FILENAME, FNR, where[1] "/" where[2], quoted[2]; bad = 1 }
}
END { exit bad }
