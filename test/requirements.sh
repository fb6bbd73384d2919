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

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

require_packages() {
  local missing
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if may_install; then
    echo "Installing with apt: $missing"
    # shellcheck disable=SC2086 # one word a package
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } </dev/null >/dev/null ||
      echo "apt-get failed" >&2
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
  fi
  echo "The tests need these Debian packages: ${missing% }" >&2
  return 1
}
