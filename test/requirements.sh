# Makes sure that the programs that the tests drive are there. Sourced by run.sh.
# Installs what is missing with apt where that is allowed, otherwise names it in one line and fails.

python_module() { /usr/bin/python3 -c "import $1" 2>/dev/null; }

missing_packages() {
  command -v chromium >/dev/null || echo chromium
  command -v Orthanc >/dev/null || echo orthanc
  [ -e /usr/share/orthanc/plugins/libOrthancDicomWeb.so ] || echo orthanc-dicomweb
  command -v dciodvfy >/dev/null || echo dicom3tools
  command -v dcmdump >/dev/null || echo dcmtk
  python_module pydicom || echo python3-pydicom
  python_module numpy || echo python3-numpy
}

# Without it one browser test is skipped and says so.
wanted_packages() {
  command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || [ -n "${NGINX:-}" ] || echo nginx-light
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install_packages() {
  echo "Installing with apt: $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } </dev/null >/dev/null ||
    echo "apt-get failed" >&2
}

require_packages() {
  local missing wanted
  missing=$(missing_packages | tr '\n' ' ')
  wanted=$(wanted_packages)
  if may_install; then
    # shellcheck disable=SC2086 # one word a package
    [ -z "$missing" ] || install_packages $missing
    [ -z "$wanted" ] || install_packages "$wanted"
    missing=$(missing_packages | tr '\n' ' ')
  fi
  [ -n "$missing" ] || return 0
  echo "The tests need these Debian packages: ${missing% }" >&2
  return 1
}
