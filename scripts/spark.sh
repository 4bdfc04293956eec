#!/usr/bin/env bash
# Installs what Fabric's runtime 2.0 has, for the tests of the Spark notebook, below .cache: Spark and its Python packages into
# .cache/spark, what Delta needs into .cache/delta (scripts/part.sh says what becomes of one that can't be installed).
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=scripts/part.sh
. scripts/part.sh
export DELTA=io.delta:delta-spark_4.1_2.13:4.2.0

# java_ready makes sure of a Java that Spark 4 runs on.
java_ready() {
  command -v java >/dev/null || { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; } ||
    { echo "there is no Java on this machine"; return 1; }
  local version
  version=$(java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p')
  [ "${version:-0}" -ge 17 ] || { echo "Java is older than 17"; return 1; }
}

# newest_python names a Python that the runtime's packages exist for, the one of this machine where that will do.
newest_python() {
  local python
  for python in python3 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { echo "$python"; return 0; }
  done
  echo "Python is older than 3.11" >&2
  return 1
}

spark() {
  java_ready
  local python
  python=$(newest_python 2>&1) || { echo "$python"; return 1; }
  "$python" -m venv .cache/spark
  .cache/spark/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 -r fabric/requirements-spark.txt
}

# delta fetches the libraries with Maven, in the folder of its own; a table in Delta's form is off in the notebooks by default.
delta() {
  command -v mvn >/dev/null || { echo "there is no Maven on this machine"; return 1; }
  mkdir -p .cache/delta/jars
  cat >.cache/delta/pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>portal</groupId><artifactId>delta</artifactId><version>1</version><dependencies><dependency>
<groupId>${DELTA%%:*}</groupId><artifactId>$(cut -d: -f2 <<<"$DELTA")</artifactId><version>${DELTA##*:}</version>
<exclusions><exclusion><groupId>org.apache.spark</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency></dependencies></project>
POM
  mvn -q -f .cache/delta/pom.xml dependency:copy-dependencies -DoutputDirectory=jars -DincludeGroupIds=io.delta
  ls .cache/delta/jars/delta-spark*.jar
}

export -f java_ready newest_python spark delta
part spark "$(cat fabric/requirements-spark.txt)" "Spark for the tests of its notebook" 600 spark
part delta "$DELTA" "Delta for the tests of its table" 180 delta
exit 0
