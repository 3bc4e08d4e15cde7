# Sourced by scripts that work in a fresh Debian of a suite. They set `script` (their name, for messages), `suite`, and
# `work`, an empty folder of their own below /var/tmp; the system is in `root`.

cannot() { # WHY
    echo "$script cannot work with $suite: $1" >&2
    exit 69
}

# Ends the script where no such system can be made.
require_fresh_debian() {
    if [ "$(id -u)" -ne 0 ]; then
        cannot "only root can make a system that runs below this one"
    fi
    unshare --mount --pid --fork true 2>/dev/null || cannot "this process may not make namespaces, even as root"
    command -v apt-get >/dev/null || cannot "this system has no apt, and so no mirror to take"
    app/packages mmdebstrap || cannot "mmdebstrap is missing and could not be installed"
}

is_offered() { # URL SUITE: by a Debian mirror there
    rm -f "$work/InRelease"
    /usr/lib/apt/apt-helper -o Acquire::Retries=0 download-file "$1/dists/$2/InRelease" "$work/InRelease" \
        >/dev/null 2>&1 &&
        grep -q '^Origin: Debian$' "$work/InRelease" && grep -q '^Label: Debian$' "$work/InRelease"
}

# Looks for a mirror that offers the suite, among those of this system's apt, and sets `mirror` to its URL.
find_mirror() {
    local url own answers=no
    while read -r url own; do
        if is_offered "${url%/}" "$suite"; then
            mirror=${url%/}
            return
        fi
        if is_offered "${url%/}" "$own"; then
            answers=yes
        fi
    done < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u)
    if [ $answers = yes ]; then
        cannot "the mirror of this system does not offer it"
    fi
    cannot "no mirror in the configuration of this system's apt can be reached"
}

# install_system MMDEBSTRAP_OPTION...: makes the system. Its packages are kept in build/roots for the next one.
install_system() {
    root=$work/root
    packages=$PWD/build/roots/$suite
    chmod 755 "$work"
    mkdir -p "$packages"
    find_mirror
    # The new apt reaches the network as this one does.
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries|ForceIPv)' >"$work/apt.conf" || true
    mmdebstrap --variant=apt --aptopt="$work/apt.conf" "$@" "$suite" "$root" "deb $mirror $suite main"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
}

# enter FOLDER COMMAND...: becomes the command in the fresh system, in that folder. Mounts and processes end with it.
enter() {
    exec unshare --mount --pid --fork --kill-child bash -euc '
        root=$1 packages=$2
        shift 2
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --bind "$packages" "$root/var/cache/apt/archives"
        path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        exec chroot "$root" env -i HOME=/root PATH=$path LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            bash -c '\''cd "$1" && shift && exec "$@"'\'' inside "$@"' inside "$root" "$packages" "$@"
}

inside() { (enter "$@"); } # FOLDER COMMAND...

# The last commit, in /tokend of the fresh system.
copy_sources() {
    mkdir -p "$root/tokend"
    git -c tar.umask=0022 archive HEAD | tar -x -C "$root/tokend"
}
