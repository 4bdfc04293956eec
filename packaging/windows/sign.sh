#!/usr/bin/env bash
# Signs a program or an installer in place, by osslsigncode: make package OS=windows SIGN=packaging/windows/sign.sh
# SIGN_CERTIFICATE is the certificate with its chain (PEM), SIGN_KEY its key (PEM, or pkcs11:… with SIGN_MODULE, the token's library);
# SIGN_TIME a server that vouches for the time, without which the signature ends with the certificate.
set -euo pipefail
file=${1:?the file to sign}
how=(-certs "${SIGN_CERTIFICATE:?the certificate}" -key "${SIGN_KEY:?its key}" -h sha256 -n "Fabric Data Portal")
[ -z "${SIGN_MODULE:-}" ] || how+=(-pkcs11module "$SIGN_MODULE")
[ -z "${SIGN_TIME:-}" ] || how+=(-ts "$SIGN_TIME")
osslsigncode sign "${how[@]}" -in "$file" -out "$file.signed"
mv "$file.signed" "$file"
