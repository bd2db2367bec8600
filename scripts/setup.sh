# shellcheck shell=bash
# Shared by ./tectra and ./test: finds the SDK, installs missing native libraries, builds when sources have changed.
# Everything it says goes to standard error; standard output belongs to the command.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
artifacts="$root/artifacts"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 2
}

need_sdk() {
  command -v dotnet >/dev/null 2>&1 || fail "The .NET 10 SDK is needed. On Debian or Ubuntu: apt-get install dotnet-sdk-10.0 (from Microsoft's package feed), or Microsoft's installer."
  case "$(dotnet --list-sdks 2>/dev/null)" in
    *10.0.*) ;;
    *) fail "The .NET 10 SDK is needed; this machine has: $(dotnet --list-sdks 2>/dev/null | tr '\n' ' ')" ;;
  esac
  # Accounts of services have no home folder; the build needs some place for its caches.
  [ -w "${HOME:-/}" ] || export DOTNET_CLI_HOME="$artifacts/home" NUGET_PACKAGES="$artifacts/home/packages"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The libraries by file name (or its beginning, where any version will do), and the Debian or Ubuntu package that has them (the first that exists).
natives='libsodium.so.23 libsodium23
libturbojpeg.so.0 libturbojpeg0 libturbojpeg
libspng.so.0 libspng0
libwebp.so.7 libwebp7
libsqlite3.so.0 libsqlite3-0
libsecp256k1.so libsecp256k1-1 libsecp256k1-2 libsecp256k1-6'

need_natives() {
  local known library packages package missing=''
  known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || known=''
  while read -r library packages; do
    [[ $known == *"$library"* ]] || missing="$missing$library $packages"$'\n'
  done <<<"$natives"
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || fail "These native libraries are missing, and this is no Debian or Ubuntu: $(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')"
  local log
  log=$(mktemp)
  as_root apt-get -o DPkg::Lock::Timeout=600 update -qq >"$log" 2>&1 || say "apt-get update failed; trying with the lists there are."
  local install=''
  while read -r library packages; do
    [ -n "$library" ] || continue
    for package in $packages; do
      if apt-cache show "$package" >/dev/null 2>&1; then
        install="$install $package"
        break
      fi
    done
  done <<<"$missing"
  say "Installing native libraries:$install"
  # shellcheck disable=SC2086 # a list of package names
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $install >"$log" 2>&1; then
    cat "$log" >&2
    fail "The native libraries could not be installed:$install"
  fi
  rm -f "$log"
}

# PostgreSQL's server, for the tests: they run clusters of their own. The package would make and start one more; it doesn't.
need_postgres() {
  if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null 2>&1; then return 0; fi
  command -v apt-get >/dev/null 2>&1 || fail "The tests need PostgreSQL's server (initdb, pg_ctl), and this is no Debian or Ubuntu."
  local log none=/etc/postgresql-common/createcluster.d/tectra-tests.conf
  log=$(mktemp)
  say "Installing PostgreSQL's server for the tests"
  as_root apt-get -o DPkg::Lock::Timeout=600 update -qq >"$log" 2>&1 || say "apt-get update failed; trying with the lists there are."
  as_root mkdir -p "${none%/*}"
  echo 'create_main_cluster = false' | as_root tee "$none" >/dev/null
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends postgresql >"$log" 2>&1; then
    as_root rm -f "$none"
    cat "$log" >&2
    fail "PostgreSQL's server could not be installed: apt-get install postgresql"
  fi
  as_root rm -f "$none"
  rm -f "$log"
}

# ffmpeg, which decodes videos: for the tests, and for whoever signs or verifies videos.
need_ffmpeg() {
  if command -v ffmpeg >/dev/null 2>&1 && command -v ffprobe >/dev/null 2>&1; then return 0; fi
  command -v apt-get >/dev/null 2>&1 || fail "ffmpeg 5.1 or newer is needed, and this is no Debian or Ubuntu."
  local log
  log=$(mktemp)
  say "Installing ffmpeg"
  as_root apt-get -o DPkg::Lock::Timeout=600 update -qq >"$log" 2>&1 || say "apt-get update failed; trying with the lists there are."
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends ffmpeg >"$log" 2>&1; then
    cat "$log" >&2
    fail "It could not be installed: apt-get install ffmpeg"
  fi
  hash -r
  rm -f "$log"
}

# Node for the contract's build and tests. Its test runner takes reporters from 18.15 on.
need_node() {
  if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    command -v apt-get >/dev/null 2>&1 || fail "The tests need Node.js 18.15 or newer with npm, and this is no Debian or Ubuntu."
    local log package
    log=$(mktemp)
    say "Installing Node.js and npm for the tests"
    as_root apt-get -o DPkg::Lock::Timeout=600 update -qq >"$log" 2>&1 || say "apt-get update failed; trying with the lists there are."
    # One after the other: some packages of Node bring npm with them, and stand in the way of Debian's.
    for package in nodejs npm; do
      command -v "${package%js}" >/dev/null 2>&1 && continue
      if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "$package" >"$log" 2>&1; then
        cat "$log" >&2
        fail "It could not be installed: apt-get install $package"
      fi
    done
    hash -r
    rm -f "$log"
  fi
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 18 || (major === 18 && minor >= 15) ? 0 : 1)' ||
    fail "The tests need Node.js 18.15 or newer; this is $(node --version)."
}

# What package-lock.json in contracts/ names: compiler, test chain, the oracle for proofs. No package's script runs.
need_contracts() {
  local folder="$root/contracts" log="$artifacts/contracts.log"
  mkdir -p "$artifacts" 2>/dev/null && [ -w "$artifacts" ] || fail "The tests need to write to $artifacts, and may not. Clone the repository to a place of your own."
  [ -w "${HOME:-/}" ] || export npm_config_cache="$artifacts/home/npm"
  (
    flock 9
    # npm writes this file last.
    local installed="$folder/node_modules/.package-lock.json"
    if [ -f "$installed" ] && [ ! "$folder/package-lock.json" -nt "$installed" ]; then exit 0; fi
    say "Installing the contract's packages (once) …"
    if ! (cd "$folder" && npm ci --ignore-scripts --loglevel=error >"$log" 2>&1 && touch "$installed"); then
      cat "$log" >&2
      exit 1
    fi
  ) 9>"$artifacts/contracts.lock" || fail "The contract's packages could not be installed: npm ci (in contracts/)"
}

# build NAME TARGET INPUTS…: builds TARGET unless nothing below INPUTS is newer than the last successful build of that name.
build() {
  local name=$1 target=$2
  local inputs=("${@:3}")
  if ! mkdir -p "$artifacts" 2>/dev/null || [ ! -w "$artifacts" ]; then fail "The build needs to write to $artifacts, and may not. Clone the repository to a place of your own."; fi
  local stamp="$artifacts/$name.built" log="$artifacts/$name.log"
  (
    flock 9
    # The names too: a file that was deleted or moved is newer than nothing.
    local names
    find_inputs() { (cd "$root" && find "${inputs[@]}" ./*.props global.json -type f -not -path '*/obj/*' -not -path '*/bin/*' "$@"); }
    names=$(find_inputs | LC_ALL=C sort)
    if [ -f "$stamp" ] && [ "$names" = "$(cat "$stamp")" ] && [ -z "$(find_inputs -newer "$stamp" -print -quit)" ]; then
      exit 0
    fi
    say "Building $name (once; later runs start at once) …"
    printf '%s\n' "$names" >"$stamp.new"
    # No build servers: they would outlive this script and hold its pipes open.
    if ! (cd "$root" && dotnet build "$target" -c Release --disable-build-servers -nologo -v quiet -clp:NoSummary >"$log" 2>&1); then
      cat "$log" >&2
      exit 1
    fi
    mv "$stamp.new" "$stamp"
  ) 9>"$artifacts/$name.lock" || fail "The build failed."
}
